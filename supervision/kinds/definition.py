"""A kind of problem, the standard list that comes with the software, and finding one by what somebody types."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.workdays import calendar

STANDARD = Path(__file__).with_name("everyday.json")
ENGLISH = Path(__file__).with_name("everyday.en.json")
"""The words of the standard list in English; what a district words for itself stays as it wrote it."""
OTHER = "other"


class Urgency(models.TextChoices):
    NOW = "now", _("马上处理")
    SOON = "soon", _("尽快处理")
    ORDINARY = "ordinary", _("一般")


class Unit(models.TextChoices):
    HOURS = "hours", _("小时")
    DAYS = "days", _("天")
    WORKDAYS = "workdays", _("个工作日")
    STATUTORY = "statutory", _("按法定期限")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind as it counts on one day. `since` is None for the standard list, `department` for what the rules route."""

    code: str
    name: str
    icon: str
    words: str
    """What people call it, separated by spaces."""
    questions: tuple[str, ...]
    photos: str
    urgency: str
    amount: int | None
    unit: str
    category: str
    position: int
    department: Department | None = None
    is_active: bool = True
    since: date | None = None

    @property
    def label(self) -> str:
        """The name, in the reader's language where the words are those of the standard list."""
        return in_the_readers_language(self.name)

    @property
    def asks(self) -> list[str]:
        """The questions that help, likewise."""
        return [in_the_readers_language(question) for question in self.questions]

    @property
    def photo_hint(self) -> str:
        """Which photos help, likewise."""
        return in_the_readers_language(self.photos)

    @property
    def clock(self) -> str:
        """The clock of this kind in words."""
        if self.amount is None:
            return str(Unit.STATUTORY.label)
        return {
            Unit.HOURS: ngettext("%d 小时内", "%d 小时内", self.amount),
            Unit.DAYS: ngettext("%d 天内", "%d 天内", self.amount),
            Unit.WORKDAYS: ngettext("%d 个工作日内", "%d 个工作日内", self.amount),
        }[Unit(self.unit)] % self.amount

    @property
    def searched(self) -> str:
        """What a search looks through: the name and the words."""
        return f"{self.name} {self.words}".lower()

    def answer_by(self, at: datetime) -> date | None:
        """The day by which what came at `at` is answered; None for the law's period."""
        start = timezone.localdate(at)
        if self.amount is None:
            return None
        if self.unit == Unit.HOURS:
            return timezone.localdate(at + timedelta(hours=self.amount))
        return start + timedelta(days=self.amount) if self.unit == Unit.DAYS else calendar().add(start, self.amount)


def in_the_readers_language(words: str) -> str:
    return _english().get(words, words) if (get_language() or "").startswith("en") else words


@cache
def _english() -> dict[str, str]:
    said: dict[str, str] = json.loads(ENGLISH.read_text(encoding="utf-8"))
    return said


@cache
def standard() -> tuple[ProblemKind, ...]:
    """The list that comes with the software."""
    rows = json.loads(STANDARD.read_text(encoding="utf-8"))
    return tuple(
        ProblemKind(**row | {"questions": tuple(row["questions"])}, position=10 * number)
        for number, row in enumerate(rows, start=1)
    )


def guess(kinds: Iterable[ProblemKind], text: str) -> ProblemKind | None:
    """The kind whose words a text holds most of (by length); None where it holds none, or of two kinds alike.

    The text is only looked through: what somebody wrote decides nothing before a person has looked at it.
    """
    text = text.lower()
    scored = sorted(((_score(kind, text), kind.position, kind) for kind in kinds), key=lambda row: (-row[0], row[1]))
    if not scored or not scored[0][0] or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][2]


def _score(kind: ProblemKind, text: str) -> int:
    return sum(len(word) for word in {*kind.words.lower().split()} if word in text)
