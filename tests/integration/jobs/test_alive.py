"""The health check of workers, which asks the database by itself."""

import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs import alive
from jobs.lanes import Lane
from jobs.models import Worker

HERE = socket.gethostname()
NOWHERE = "postgis://nobody:secret@127.0.0.1:1/nothing"


@pytest.fixture
def workers(db):
    Worker.objects.bulk_create(Worker(name=lane, host=HERE, lane=lane) for lane in Lane)


def silent() -> list[str]:
    with connection.cursor() as cursor:
        return alive.silent_lanes(cursor, list(Lane), HERE)


def test_every_lane_wants_a_live_worker_on_this_machine(workers):
    assert silent() == []
    Worker.objects.filter(lane="mail").update(heartbeat=timezone.now() - timedelta(seconds=61))
    assert silent() == ["mail"]
    Worker.objects.filter(lane="mail").update(heartbeat=timezone.now(), host="elsewhere")
    assert silent() == ["mail"]


@pytest.mark.django_db(transaction=True)
def test_the_exit_code_says_which(workers, capsys):
    asked = connection.get_connection_params()
    address = "postgis://{user}@/{dbname}?host={host}&port={port}&password={password}".format(
        **{"password": "", "port": 5432, **asked}
    )
    assert alive.main(list(Lane), address) == 0
    Worker.objects.filter(lane="videos").delete()
    assert alive.main(list(Lane), address) == 1
    assert capsys.readouterr().err == "no live worker for: videos\n"


def test_a_database_that_cannot_be_asked_is_told_apart(capsys):
    assert alive.main(["mail"], NOWHERE) == 2
    assert "secret" not in capsys.readouterr().err


def test_it_loads_nothing_of_the_site():
    """What it loads it loads each half minute, in each container."""
    rooms = "{'numpy', 'accounts', 'tiles', 'layers'}"
    loaded = f"import sys, jobs.alive; print(sorted({rooms} & {{name.split('.')[0] for name in sys.modules}}))"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
