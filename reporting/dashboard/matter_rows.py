"""What the dashboard counts: one row per matter that the reader may see, then groups of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import within
from reporting.dashboard.distribution import Spread, bin_of, share, spread
from reporting.dashboard.selection import Choice, CutChoices, month_span
from supervision.matters.table import IN_HAND
from supervision.models import Category, Suggestion, SuggestionEvent
from supervision.permissions import suggestions_visible_to

Verb = SuggestionEvent.Verb
SATISFIED = {SuggestionEvent.Satisfaction.SATISFIED, SuggestionEvent.Satisfaction.FAIRLY}


@dataclass(frozen=True, slots=True)
class Row:
    """One matter as it is counted. `days`: from its last assignment before the first reply to that reply."""

    pk: int
    finding: int | None
    area: tuple[str, str]
    """Code and name; empty for a matter without a place."""
    department: tuple[str, str]
    category: str
    submitted_on: date
    days: int | None
    is_due: bool
    """Answered, or should have been by now."""
    in_time: bool
    overdue: bool
    satisfied: bool | None
    """The last rating of the result; None while there is none."""


@dataclass(slots=True)
class Group:
    """Figures of some matters, each share with what it is a share of."""

    key: str
    label: str
    query: str = ""
    total: int = 0
    due: int = 0
    in_time: int = 0
    overdue: int = 0
    rated: int = 0
    satisfied: int = 0
    days: list[int] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.total += 1
        self.due += row.is_due
        self.in_time += row.in_time
        self.overdue += row.overdue
        self.rated += row.satisfied is not None
        self.satisfied += bool(row.satisfied)
        if row.days is not None:
            self.days.append(row.days)

    @property
    def replied(self) -> int:
        return len(self.days)

    @property
    def spread(self) -> Spread | None:
        return spread(self.days)

    @property
    def in_time_percent(self) -> int | None:
        return share(self.in_time, self.due)

    @property
    def satisfied_percent(self) -> int | None:
        return share(self.satisfied, self.rated)


def countable(user: Any) -> QuerySet[Suggestion]:
    """Every matter that `user` may see, without those that live on in another."""
    return suggestions_visible_to(user).exclude(state=Suggestion.State.MERGED)


def matters(user: Any, choice: Choice) -> QuerySet[Suggestion]:
    """The matters that the question is about, of those that `user` may see; what was merged counts once."""
    found = countable(user)
    if choice.area:
        found = found.filter(within(choice.area))
    if choice.since:
        found = found.filter(submitted_at__date__gte=choice.since)
    if choice.until:
        found = found.filter(submitted_at__date__lte=choice.until)
    if choice.department:
        found = found.filter(department=choice.department)
    return found.filter(category=choice.category) if choice.category else found


def rows(user: Any, choice: Choice, today: date) -> list[Row]:
    """Read the matters and their events, two queries however many there are."""
    found = matters(user, choice).distinct()
    events = _events(found)
    columns = found.order_by("pk").values_list(
        "pk", "state", "due_on", "category", "submitted_at", "department__code", "department__short_name",
        "area__code", "area__name", "finding_id",
    )  # fmt: skip
    read = (_row(values, events[values[0]], today) for values in columns)
    return [row for row in read if not choice.took or _took(row) == choice.took]


def _took(row: Row) -> str:
    return str(bin_of(row.days)) if row.days is not None else ""


def _events(found: QuerySet[Suggestion]) -> dict[int, list[tuple]]:
    told = (Verb.ASSIGNED, Verb.FORWARDED, Verb.REPLIED, Verb.RATED, Verb.REOPENED)
    events = SuggestionEvent.objects.filter(suggestion__in=found.order_by().values("pk"), verb__in=told)
    by_matter: dict[int, list[tuple]] = defaultdict(list)
    for event in events.order_by("at", "pk").values_list("suggestion_id", "verb", "at", "due_on", "outcome"):
        by_matter[event[0]].append(event[1:])
    return by_matter


def _row(values: tuple, events: list[tuple], today: date) -> Row:
    pk, state, due_on, category, submitted_at, code, short, area_code, area_name, finding = values
    assigned_on = replied_on = reply_due = None
    satisfied = None
    for verb, at, event_due, outcome in events:
        if verb in (Verb.ASSIGNED, Verb.FORWARDED) and replied_on is None:
            assigned_on = _day(at)
        elif verb == Verb.REPLIED and replied_on is None:
            replied_on, reply_due = _day(at), event_due
        elif outcome:
            satisfied = outcome in SATISFIED
    overdue = state in IN_HAND and due_on is not None and due_on < today
    in_time = replied_on is not None and reply_due is not None and replied_on <= reply_due
    return Row(
        pk=pk,
        finding=finding,
        area=(area_code or "", area_name or ""),
        department=(code or "", short or ""),
        category=category,
        submitted_on=_day(submitted_at),
        days=(replied_on - assigned_on).days if replied_on and assigned_on else None,
        is_due=replied_on is not None or overdue,
        in_time=in_time,
        overdue=overdue,
        satisfied=satisfied,
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def total_of(found: Iterable[Row]) -> Group:
    """All of them as one group."""
    group = Group("", _("合计"))
    for row in found:
        group.add(row)
    return group


def cut(found: Iterable[Row], choice: Choice) -> list[Group]:
    """Group the matters as the question asks, the largest first; months in their order."""
    name_of, narrow = _CUTS[choice.by]
    groups: dict[str, Group] = {}
    for row in found:
        key, label = name_of(row)
        group = groups.setdefault(key, Group(key, label or _("未确定"), narrow(choice, key)))
        group.add(row)
    if choice.by == CutChoices.MONTH:
        return sorted(groups.values(), key=lambda group: group.key)
    return sorted(groups.values(), key=lambda group: (-group.total, group.key))


def by_month(found: Iterable[Row], choice: Choice) -> list[Group]:
    """Months from the first to the last, the empty ones too."""
    groups = {group.key: group for group in cut(found, replace(choice, by=CutChoices.MONTH))}
    if not groups:
        return []
    year, month = map(int, min(groups).split("-"))
    last, series = max(groups), []
    while (key := f"{year}-{month:02d}") <= last:
        series.append(groups.get(key) or Group(key, key, narrow_to_month(choice, key)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return series


def _month(row: Row) -> tuple[str, str]:
    return (f"{row.submitted_on:%Y-%m}",) * 2


def narrow_to_month(choice: Choice, month: str) -> str:
    """The same question about one month, or about all time where it is that month already."""
    since, until = month_span(month)
    if (choice.since, choice.until) == (since, until):
        return choice.query(since=None, until=None)
    return choice.query(since=since, until=until)


_CUTS: dict[str, tuple[Callable[[Row], tuple[str, str]], Callable[[Choice, str], str]]] = {
    CutChoices.AREA: (lambda row: row.area, lambda choice, key: choice.query(area=key) if key else ""),
    CutChoices.DEPARTMENT: (
        lambda row: row.department,
        lambda choice, key: choice.query(department=key) if key else "",
    ),
    CutChoices.CATEGORY: (
        lambda row: (row.category, str(Category(row.category).label)),
        lambda choice, key: choice.query(category=key),
    ),
    CutChoices.MONTH: (_month, narrow_to_month),
}
