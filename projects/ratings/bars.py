"""A rating as bars: each answer with its share of all answers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects.ratings.models import Rating


@dataclass(frozen=True)
class Bar:
    """One answer of a rating: how many of all gave it."""

    label: str
    count: int
    total: int

    @property
    def percent(self) -> int | None:
        """Share of all answers, rounded; None when nobody was asked."""
        return round(100 * self.count / self.total) if self.total else None


def rating_bars(rating: Rating) -> list[Bar]:
    """Return the four answers of a rating, each with the number of all answers as its denominator."""
    answers = [
        (_("满意"), rating.satisfied),
        (_("基本满意"), rating.fairly_satisfied),
        (_("不满意"), rating.dissatisfied),
        (_("弃权"), rating.abstained),
    ]
    total = sum(count for _label, count in answers)
    return [Bar(label, count, total) for label, count in answers]
