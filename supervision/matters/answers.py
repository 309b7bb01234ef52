"""How matters were answered: one case per matter, or one for all that are alike.

What a matter's events say of its answers is kept beside it (`MatterAnswer`). Here is said what is counted of it, as
fields of the database: the figures, and the list behind each of them, ask for these.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate, TruncMonth
from django.utils.translation import gettext_lazy as _

from accounts.indicators import NOT_GIVEN, Case, Scope
from accounts.models import Area, Department
from accounts.permissions import within
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import MatterActor, suggestions_visible_to
from supervision.matters.queries import overdue_condition
from ui.days import midnight, midnight_after

SATISFIED = {SuggestionEvent.Satisfaction.SATISFIED, SuggestionEvent.Satisfaction.FAIRLY}
GROUPS: Mapping[str, str] = {
    "": "",
    "area": "area_id",
    "department": "department_id",
    "category": "category",
    "month": "month",
}
"""The column that tells matters of different groups apart, by the name of the grouping; none for all as one."""
NAMES: Mapping[str, tuple[type[models.Model], str]] = {"area": (Area, "name"), "department": (Department, "short_name")}
"""Of what the keys of a group are, and what it is called."""
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


def how_many(asker: MatterActor) -> int:
    """The number of these."""
    return _once(countable(asker)).order_by().count()


def matters_in(asker: MatterActor, scope: Scope) -> QuerySet[Suggestion]:
    """The matters that `scope` is about: those submitted in its days, of those that `asker` may see."""
    found = countable(asker)
    if scope.area:
        found = found.filter(within(scope.area))
    if scope.since:
        found = found.filter(submitted_at__gte=midnight(scope.since))
    if scope.until:
        found = found.filter(submitted_at__lt=midnight_after(scope.until))
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
    named = ("area__code", "area__name", "department__code", "department__short_name")
    found = rows.order_by("pk").values_list("pk", "day", "category", *COUNTED, *named)
    return [
        AnsweredCase(
            pk=pk,
            day=day,
            category=category,
            area=(area or "", area_name or ""),
            department=(department or "", short_name or ""),
            **dict(zip(COUNTED, counted, strict=True)),
        )
        for pk, day, category, *counted, area, area_name, department, short_name in found
    ]


ALIKE = """
SELECT {columns}, count(*), {grouped} FROM ({matters} OFFSET 0) x({columns}) GROUP BY GROUPING SETS ({sets})
"""
"""OFFSET keeps the conditions inside: they are judged once for each matter, and not once for each grouping."""


def answers_alike(
    asker: MatterActor, scope: Scope, today: date, bys: Sequence[str] = ("",)
) -> dict[str, list[AnsweredCase]]:
    """The same with one case for all that are alike, by each of some `GROUPS`; the database reads the matters once."""
    rows = with_answers(_once(matters_in(asker, scope)), today).order_by()
    if "month" in bys:
        rows = rows.annotate(month=TruncMonth("submitted_at", output_field=models.DateField()))
    found: dict[str, list[AnsweredCase]] = {by: [] for by in bys}
    alike = list(_alike(rows, bys))
    names = {by: _names_of(by) for by in bys if by in NAMES and alike}
    for by, row in alike:
        key = row.pop(GROUPS[by]) if by else None
        found[by].append(AnsweredCase(pk=0, **_group(by, key, names), **row))
    # Put in order here: sorting tens of thousands of matters to group them takes the database half as long again.
    return {by: sorted(cases, key=_order) for by, cases in found.items()}


def _alike(rows: QuerySet[Suggestion], bys: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the grouping and, of all that are alike in it, the key of their group, what is counted and their number."""
    keys = [GROUPS[by] for by in bys if by]
    try:
        matters, given = rows.values_list(*keys, *COUNTED).query.sql_with_params()
    except EmptyResultSet:
        return
    sets = ", ".join(f"({', '.join((*filter(None, [GROUPS[by]]), *COUNTED))})" for by in bys)
    columns, grouped = ", ".join((*keys, *COUNTED)), f"GROUPING({', '.join(keys)})" if keys else "0"
    # GROUPING has a bit for each key, which is 1 where the row is not grouped by it.
    every = 2 ** len(keys) - 1
    of_sets = {every - 2 ** (len(keys) - 1 - keys.index(GROUPS[by])) if by else every: by for by in bys}
    with connection.cursor() as cursor:
        cursor.execute(ALIKE.format(columns=columns, grouped=grouped, matters=matters, sets=sets), given)
        for *found, count, of_set in cursor.fetchall():
            row, by = dict(zip((*keys, *COUNTED), found, strict=True)), of_sets[of_set]
            yield by, {name: row[name] for name in filter(None, (GROUPS[by], *COUNTED))} | {"count": count}


def _group(by: str, key: Any, names: Mapping[str, Mapping[int, tuple[str, str]]]) -> dict[str, Any]:
    """The field of a case that says its group."""
    if by in NAMES:
        return {by: names[by].get(key, NOT_GIVEN)}
    if by == "month":
        return {"day": key and key.date()}
    return {by: key} if by else {}


def _names_of(by: str) -> dict[int, tuple[str, str]]:
    """Code and name of the groups, by their keys."""
    model, name = NAMES[by]
    return {pk: (code, words) for pk, code, words in model._default_manager.values_list("pk", "code", name)}


def _order(case: AnsweredCase) -> tuple[Any, ...]:
    """By what groups them, those without it last, and by days."""
    groups = (case.area[0], case.department[0], case.category, case.day.isoformat() if case.day else "")
    return (*((not each, each) for each in groups), case.days is None, case.days or 0)


def _once(found: QuerySet[Suggestion]) -> QuerySet[Suggestion]:
    """Each matter once, whatever tables were joined to tell who may see it."""
    if not found.query.distinct and not any(_repeats(table) for table in found.query.alias_map.values()):
        return found
    return Suggestion.objects.filter(pk__in=found.order_by().values("pk"))


def _repeats(table: Any) -> bool:
    """Whether a table that was joined may have several rows for one matter."""
    field = getattr(table, "join_field", None)  # none of the matters' own
    return field is not None and not (field.many_to_one or field.one_to_one)
