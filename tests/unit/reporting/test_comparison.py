"""Two questions side by side: a difference as it is written."""

import pytest

from reporting.dashboard.comparison import _signed


@pytest.mark.parametrize(
    ("number", "text"),
    [(1_234_567, "+1234567"), (-1_000_000, "-1000000"), (3, "+3"), (0, "0"), (0.0, "0"), (-2.5, "-2.5"), (2.0, "+2")],
)
def test_a_difference_has_its_sign_and_all_its_digits(number: float, text: str) -> None:
    assert _signed(number) == text
