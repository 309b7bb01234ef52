"""Class bounds against hand-made data, and against every other way of cutting it."""

import time
from itertools import combinations

import numpy as np
import pytest

from layers.styling.class_breaks import class_of, inner_breaks


def spread(values: np.ndarray, inner: list[float]) -> float:
    """The sum of squares within classes, which natural breaks make least."""
    places = np.searchsorted(np.asarray(inner), values, side="right")
    parts = [values[places == number] for number in range(len(inner) + 1)]
    return float(sum(((part - part.mean()) ** 2).sum() for part in parts if len(part)))


def test_quantiles_put_as_many_rows_into_each_class() -> None:
    values = np.arange(100, dtype="float64")
    inner = inner_breaks(values, "quantile", 4)
    counts = np.bincount([class_of(value, inner) for value in values])
    assert len(inner) == 3
    assert counts.max() - counts.min() <= 1


def test_equal_steps_divide_the_range() -> None:
    assert inner_breaks(np.array([0.0, 3, 10]), "equal", 5) == [2, 4, 6, 8]


def test_natural_breaks_have_the_least_spread_of_all_ways_to_cut() -> None:
    values = np.sort(np.random.default_rng(7).choice(200, 18, replace=False).astype("float64"))
    inner = inner_breaks(values, "natural", 4)
    best = min(spread(values, list(cut)) for cut in combinations(values[1:], 3))
    assert spread(values, inner) == pytest.approx(best)


def test_natural_breaks_find_the_gaps() -> None:
    values = np.array([1, 2, 2, 3, 50, 51, 53, 300, 301], dtype="float64")
    first, second = inner_breaks(values, "natural", 3)
    assert 3 < first <= 50
    assert 53 < second <= 300


@pytest.mark.parametrize("method", ["quantile", "equal", "natural"])
def test_fewer_values_than_classes_make_fewer_classes(method: str) -> None:
    assert inner_breaks(np.array([5.0, 5.0, 5.0]), method, 5) == []
    assert inner_breaks(np.array([]), method, 5) == []
    inner = inner_breaks(np.array([1.0, 1.0, 9.0]), method, 3)
    assert inner == sorted(set(inner))
    assert all(1 < bound <= 9 for bound in inner)


def test_an_unknown_method_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no such method"):
        inner_breaks(np.array([1.0, 2.0]), "jenks", 3)


def test_a_bound_belongs_to_the_class_above_it() -> None:
    assert [class_of(value, [10, 20]) for value in (-5, 9.99, 10, 19, 20, 99)] == [0, 0, 1, 1, 2, 2]


def test_a_million_values_take_less_than_two_seconds() -> None:
    values = np.random.default_rng(1).lognormal(3, 1, 1_000_000)
    started = time.process_time()
    assert len(inner_breaks(values, "natural", 7)) == 6
    assert time.process_time() - started < 2
