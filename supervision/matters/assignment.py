"""Where a matter goes by the rules of routing, when nobody has said so yet."""

from django.utils import timezone

from supervision.kinds.queries import kind_of
from supervision.matters.clock_changes import start_clocks
from supervision.matters.models import Suggestion
from supervision.matters.notifications import notify_unrouted
from supervision.matters.states import State
from supervision.matters.workflow import record
from supervision.routing.routes import Route, route


def assign_by_rules(suggestion: Suggestion) -> None:
    """Give a submitted matter to the department that the rules name; without a rule it waits for staff."""
    way = route_of(suggestion)
    if way.department is None:
        notify_unrouted(suggestion)
        return
    suggestion.department, suggestion.state = way.department, State.ASSIGNED
    clock = start_clocks(suggestion, timezone.localdate(), promised=way.days)
    suggestion.save()
    record(
        suggestion,
        "assigned",
        None,
        department=way.department,
        due_on=suggestion.due_on,
        clock=clock,
        text=way.reason,
    )


def route_of(suggestion: Suggestion) -> Route:
    """Find the department of a matter from what was seen; a part that was split off goes by its own category."""
    seen = suggestion.source
    if seen is None:
        return route(suggestion.category, suggestion.area)
    if suggestion.finding_id is None:
        return route(suggestion.category, suggestion.area, place=seen.geom)
    kind = kind_of(seen.kind)
    own = kind.department if kind else None
    return route(suggestion.category, suggestion.area, seen.point, seen.project, seen.geom, by_kind=own)
