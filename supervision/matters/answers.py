"""How matters were answered: one case per matter, or one for all that are alike.

What a matter's events say of its answers is kept beside it (`MatterAnswer`). Here is said what is counted of it, as
fields of the database: the figures, and the list behind each of them, ask for these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate, TruncMonth
from django.utils.translation import gettext_lazy as _

from accounts.indicators import Case, Scope
from accounts.permissions import within
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import MatterActor, suggestions_visible_to
from supervision.matters.queries import overdue_condition

SATISFIED = {SuggestionEvent.Satisfaction.SATISFIED, SuggestionEvent.Satisfaction.FAIRLY}
GROUPS: Mapping[str, tuple[str, ...]] = {
    "": (),
    "area": ("area__code", "area__name"),
    "department": ("department__code", "department__short_name"),
    "category": ("category",),
    "month": ("month",),
}
"""What tells alike matters apart, by the name of the grouping."""
COUNTED = ("days", "is_replied", "in_time", "overdue", "satisfied")
FIGURES: Mapping[str, tuple[Any, Q]] = {
    "replied": (_("已答复"), Q(is_replied=True)),
    "due": (_("应答复"), Q(is_replied=True) | Q(overdue=True)),
    "in-time": (_("按期答复"), Q(in_time=True)),
    "late": (_("已答复，曾经逾期"), Q(is_replied=True, in_time=False, overdue=False)),
    "overdue": (_("超期未答复"), Q(overdue=True)),
    "rated": (_("已评价"), Q(satisfied__isnull=False)),
    "satisfied": (_("满意或基本满意"), Q(satisfied=True)),
}
"""What a list of matters can be narrowed to, so that it holds what a figure counts: name and condition on the columns
of `with_answers`. "Due" are those in time, those that were late, and those overdue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredCase(Case):
    """One matter as it is counted, or `count` of them that are alike; it belongs to the day of its submission."""

    days: int | None
    """From its last assignment before the first reply to that reply."""
    is_replied: bool
    in_time: bool
    """Every reply, also one that was given anew, came on its day or before, and none is overdue."""
    overdue: bool
    """It should have been answered by now; a paused clock is none."""
    satisfied: bool | None
    """The last rating of the result; None while there is none."""

    @property
    def is_due(self) -> bool:
        """Answered, or should have been by now."""
        return self.is_replied or self.overdue


def countable(asker: MatterActor) -> QuerySet[Suggestion]:
    """Every matter that `asker` may see, without those that live on in another."""
    return suggestions_visible_to(asker).exclude(state=Suggestion.State.MERGED)


def matters_in(asker: MatterActor, scope: Scope) -> QuerySet[Suggestion]:
    """The matters that `scope` is about: those submitted in its days, of those that `asker` may see."""
    found = countable(asker)
    if scope.area:
        found = found.filter(within(scope.area))
    if scope.since:
        found = found.filter(submitted_at__date__gte=scope.since)
    if scope.until:
        found = found.filter(submitted_at__date__lte=scope.until)
    if scope.department:
        found = found.filter(department=scope.department)
    return found.filter(category=scope.category) if scope.category else found


def with_answers(found: QuerySet[Suggestion], today: date) -> QuerySet[Suggestion]:
    """The matters with what is counted of them (`AnsweredCase`), as columns."""
    replied, overdue = Q(answer__replied_on__isnull=False), overdue_condition(today)
    return found.annotate(
        days=F("answer__days"),
        is_replied=_whether(replied),
        overdue=_whether(overdue),
        in_time=_whether(replied & Q(answer__was_late=False), unless=overdue),
        satisfied=F("answer__satisfied"),
    )


def _whether(condition: Q, unless: Q | None = None) -> models.Case:
    """True or false, never NULL."""
    before = [When(unless, then=Value(False))] if unless is not None else []
    cases = [*before, When(condition, then=Value(True))]
    return models.Case(*cases, default=Value(False), output_field=models.BooleanField())


def answered_cases(asker: MatterActor, scope: Scope, today: date) -> list[AnsweredCase]:
    """One case for each matter, in one query."""
    rows = with_answers(_once(matters_in(asker, scope)), today).annotate(day=TruncDate("submitted_at"))
    columns = ("pk", "day", *GROUPS["area"], *GROUPS["department"], *GROUPS["category"], *COUNTED)
    return [_case(dict(zip(columns, row, strict=True))) for row in rows.order_by("pk").values_list(*columns)]


def answers_alike(asker: MatterActor, scope: Scope, today: date, by: str = "") -> list[AnsweredCase]:
    """The same with one case for all that are alike, told apart by one of `GROUPS` only; counted by the database."""
    rows = with_answers(_once(matters_in(asker, scope)), today).order_by()
    if by == "month":
        rows = rows.annotate(month=TruncMonth("submitted_at", output_field=models.DateField()))
    columns = (*GROUPS[by], *COUNTED)
    # Put in order here: sorting tens of thousands of matters to group them takes the database half as long again.
    return sorted((_case(row) for row in rows.values(*columns).annotate(count=Count("pk"))), key=_order)


def _order(case: AnsweredCase) -> tuple[Any, ...]:
    """By what groups them, those without it last, and by days."""
    groups = (case.area[0], case.department[0], case.category, case.day.isoformat() if case.day else "")
    return (*((not each, each) for each in groups), case.days is None, case.days or 0)


def _once(found: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Each matter once, whatever tables were joined to tell who may see it."""
    if len(found.query.alias_map) <= 1 and not found.query.distinct:
        return found
    return Suggestion.objects.filter(pk__in=found.order_by().values("pk"))


def _case(row: Mapping[str, Any]) -> AnsweredCase:
    return AnsweredCase(
        pk=row.get("pk", 0),
        count=row.get("count", 1),
        area=(row.get("area__code") or "", row.get("area__name") or ""),
        department=(row.get("department__code") or "", row.get("department__short_name") or ""),
        category=row.get("category", ""),
        day=row.get("day") or row.get("month"),
        **{name: row[name] for name in COUNTED},
    )
