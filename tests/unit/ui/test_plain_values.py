"""Values come back from the cache as they went in, and nothing else does."""

import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from ui.charts.frame import MapFrame
from ui.plain_values import InProcess, PlainValues

STORE = PlainValues({})


@pytest.mark.parametrize(
    "value",
    [
        b"\x1f\x8b\0", "水", 7, 2**63, 0.1, float("inf"), True, [1, (2, "x")], ("etag", b"body", 9), {3: (1, 2)},
        {"a": [None, 1]}, date(2026, 11, 28), datetime(2026, 11, 28, 1, 2, 3, 4, tzinfo=UTC), Decimal("0.30"),
        MapFrame(121.3, 29.9, 1000.0, -1150.0, 400, 300),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_comes_back_as_it_went_in(value):
    back = STORE.loads(STORE.dumps(value))
    assert back == value
    assert type(back) is type(value)


def test_numbers_of_numpy_come_back():
    values = np.array([1.5, -2.0, 1e9])
    assert (STORE.loads(STORE.dumps(values)) == values).all()
    assert STORE.loads(STORE.dumps([np.int64(3), np.float64(0.5)])) == [3, 0.5]


def test_words_are_kept_as_words():
    assert STORE.loads(STORE.dumps([lazystr("水"), mark_safe("<b>")])) == ["水", "<b>"]


class Bomb:
    def __reduce__(self):
        return (exec, ("raise SystemExit('ran')",))


@pytest.mark.parametrize(
    "foreign", [pickle.dumps(Bomb()), pickle.dumps({"a": 1}), b"", b"\xc1", b"\xc7\x03\x02\x92\xa1x", b"plain"]
)
def test_what_somebody_else_put_there_is_a_miss_and_runs_nothing(foreign):
    assert not isinstance(STORE.loads(foreign), (dict, Bomb))


def test_a_class_that_does_not_say_so_is_not_kept():
    @dataclass(frozen=True)
    class Other:
        number: int

    with pytest.raises(TypeError, match="kept_in_cache"):
        STORE.dumps(Other(1))


def test_without_valkey_values_go_the_same_way():
    cache = InProcess("plain", {})
    cache.set("a", ("x", 1))
    assert cache.get("a") == ("x", 1)
    assert cache.get("b", "none") == "none"
    assert cache.add("a", 2) is False
    cache.set("n", 4)
    assert cache.incr("n", 2) == cache.get("n") == 6
    with pytest.raises(TypeError):
        cache.set("o", object())
