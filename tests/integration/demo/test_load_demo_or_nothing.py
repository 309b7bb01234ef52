"""A load that does not reach its end leaves nothing behind. (Apart: it needs a database without the district.)

That nothing is left either of what comes last is a test of `test_load_demo`, which replaces a district.
"""

from datetime import date

import pytest

from demo import load
from demo.load import is_empty, load_district
from river_monitoring.models import Reach

TODAY = date(2026, 11, 23)


def test_a_load_that_fails_leaves_an_empty_database(db, monkeypatch):
    def fail(*_: object) -> int:
        assert Reach.objects.exists()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(load, "histories", fail)
    with pytest.raises(RuntimeError):
        load_district(TODAY)
    assert is_empty() and not Reach.objects.exists()
