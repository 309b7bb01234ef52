"""`manage.py ladder`: list, make, make anew, drop; a no is one line and exit code 2."""

import json

import pytest
from django.core.management import call_command

from geo_portal.tilesets import watch_tables
from jobs.models import Job
from tests import roles
from tests.integration.tiles.ladders import low_thresholds, make_table
from tests.integration.tiles.test_ladder_versions import make_ladder, publish
from tiles.ladder.models import Ladder

pytestmark = pytest.mark.django_db


def run(capsys, *args):
    with low_thresholds():
        call_command("ladder", *args, "--json")
    return json.loads(capsys.readouterr().out)


def test_it_makes_lists_and_drops(capsys):
    source = make_table("crowd", "Point", [f"POINT({i / 1000} 1)" for i in range(30)])
    (made,) = run(capsys, source)
    assert (made["source"], made["state"], made["rows"], made["steps_done"]) == (source, "ready", 30, made["steps"])
    first = Ladder.objects.get().pk
    assert run(capsys) == [made]
    assert run(capsys, source) == [made]
    assert Ladder.objects.get().pk == first
    run(capsys, source, "--anew")
    assert Ladder.objects.get().pk != first
    assert run(capsys, source, "--drop") == []
    assert run(capsys) == []


@pytest.mark.parametrize("args", [["layer_data.nothing"], ["layer_data.nothing", "--drop"], ["--anew"]])
def test_a_no_is_one_line_and_exit_code_2(capsys, args):
    with pytest.raises(SystemExit) as ended:
        call_command("ladder", *args)
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_after_migrating_published_layers_without_copies_get_them(tmp_path, django_capture_on_commit_callbacks):
    version = publish(tmp_path, 30)
    with roles.owner_rights(), django_capture_on_commit_callbacks(execute=True):
        watch_tables()
    assert [job.args[0] for job in Job.objects.all()] == [f"layer_data.{version.table_name}"]
    Job.objects.all().delete()
    make_ladder(version)
    with roles.owner_rights(), django_capture_on_commit_callbacks(execute=True):
        watch_tables()
    assert not Job.objects.exists()
