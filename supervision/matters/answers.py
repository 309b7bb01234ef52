"""How matters were answered: one case per matter, with the day and the clock of its first reply."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.indicators import Case, Scope
from accounts.permissions import within
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import MatterActor, suggestions_visible_to
from supervision.matters.queries import GIVEN, overdue_condition

Verb = SuggestionEvent.Verb
SATISFIED = {SuggestionEvent.Satisfaction.SATISFIED, SuggestionEvent.Satisfaction.FAIRLY}
COLUMNS = (
    "pk", "category", "submitted_at", "department__code", "department__short_name", "area__code", "area__name",
    "finding_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredCase(Case):
    """One matter as it is counted; it belongs to the day on which it was submitted."""

    finding: int | None
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


def answered_cases(asker: MatterActor, scope: Scope, today: date) -> list[AnsweredCase]:
    """Read the matters and their events, three queries however many there are."""
    found = matters_in(asker, scope).distinct()
    events = _events(found)
    overdue = set(found.order_by().filter(overdue_condition(today)).values_list("pk", flat=True))
    zone = timezone.get_current_timezone()  # asked once, not for each of 200,000 events

    def day_of(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    rows = found.order_by("pk").values_list(*COLUMNS)
    return [_case(row, events.get(row[0], ()), row[0] in overdue, day_of) for row in rows]


def _events(found: QuerySet[Suggestion]) -> dict[int, list[tuple]]:
    counted = (*GIVEN, Verb.REPLIED, Verb.RATED, Verb.REOPENED)
    events = SuggestionEvent.objects.filter(suggestion__in=found.order_by().values("pk"), verb__in=counted)
    by_matter: dict[int, list[tuple]] = defaultdict(list)
    for event in events.order_by("at", "pk").values_list("suggestion_id", "verb", "at", "due_on", "outcome"):
        by_matter[event[0]].append(event[1:])
    return by_matter


def _case(row: tuple, events: Sequence[tuple], overdue: bool, day_of: Callable[[datetime], date]) -> AnsweredCase:
    pk, category, submitted_at, code, short_name, area_code, area_name, finding = row
    assigned_on = replied_on = None
    was_late = overdue
    satisfied = None
    for verb, at, event_due, outcome in events:
        if verb in GIVEN and replied_on is None:
            assigned_on = day_of(at)
        elif verb == Verb.REPLIED:
            was_late |= event_due is None or day_of(at) > event_due
            replied_on = replied_on or day_of(at)
        elif outcome:
            satisfied = outcome in SATISFIED
    return AnsweredCase(
        pk=pk,
        finding=finding,
        area=(area_code or "", area_name or ""),
        department=(code or "", short_name or ""),
        category=category,
        day=day_of(submitted_at),
        days=(replied_on - assigned_on).days if replied_on and assigned_on else None,
        is_replied=replied_on is not None,
        in_time=replied_on is not None and not was_late,
        overdue=overdue,
        satisfied=satisfied,
    )
