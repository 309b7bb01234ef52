"""What the drills tell the processes that they start, before any of them is started."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from accounts.rules.registry import declared
from tests.drills.district import LIMITS
from tests.drills.scale.site import READING, WEBS, WORKERS, Site


@pytest.mark.parametrize("name", [*WEBS, READING, *WORKERS, "prepare"])
def test_the_environment_of_every_machine_is_words(tmp_path: Path, name: str) -> None:
    database = SimpleNamespace(pooler=1, door=2, replica="postgis://", address=lambda role, port: f"{role}@{port}")
    site = Site(tmp_path, None, database, lambda: 8000)
    environ = site.environ(name)
    assert {key: value for key, value in environ.items() if not isinstance(value, str)} == {}
    assert ("DATABASE_REPLICA_URL" in environ) == (name == READING)


def test_what_the_drilled_district_limits_are_rules() -> None:
    assert set(LIMITS) <= set(declared())
