"""A load that does not reach its end leaves nothing behind. (Apart: it needs a database without the district.)"""

from datetime import date

import pytest

from demo import load
from demo.load import is_empty, load_district

TODAY = date(2026, 11, 23)


def test_a_load_that_fails_at_its_end_leaves_an_empty_database(db, monkeypatch):
    def fail(*_: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(load.layers, "store_layers", fail)
    with pytest.raises(RuntimeError):
        load_district(TODAY)
    assert is_empty()
