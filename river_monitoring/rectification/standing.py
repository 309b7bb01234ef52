"""Where a point stands, who may accept there, and by which rules of the district it is judged."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from accounts import rules
from accounts.models import Department, Role
from accounts.permissions import Asker
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import accepting_bodies, accepting_bodies_of
from river_monitoring.points.queries import in_order, is_of_listing, rows_about
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.permissions import actor_of
from river_monitoring.steps.proofs import Rules
from river_monitoring.steps.standing import Standing, parties_of
from river_monitoring.steps.table import OWN_OR_BODY, WORK_STEPS, Party, State
from river_monitoring.works.models import WorkEvent

type Deed = tuple[int | None, int | None]
"""A department and a person that took part."""

STEP = ("from_status", "to_status", "at", "department", "actor")
JUDGED_BY = ("months", "max_age_days", "photo_distance_m")


def delisting_rule() -> Rules:
    """Return the rule on delisting that is in force today in the district."""
    book = rules.book()
    return Rules(**{key: book.value(f"delisting.{key}") for key in JUDGED_BY})


def basis(*, relapse: bool = False) -> dict[str, Any]:
    """Return what a judgment on a point is made by now, with the version of the rules, for its event."""
    if relapse:
        return rules.basis("relapse.months", "relapse.deadline_days")
    return rules.basis(*(f"delisting.{key}" for key in (*JUDGED_BY, "accepting_bodies")))


def is_own_or_body(user: Asker, point: MonitoringPoint, standing: Standing | None = None) -> bool:
    """Whether `user` is an officer of the responsible department or of an accepting body."""
    return not OWN_OR_BODY.isdisjoint(_parties(user, point, standing))


def _parties(user: Asker, point: MonitoringPoint, standing: Standing | None) -> frozenset[Party]:
    """Who `user` is to a point; nobody but an officer is anybody. `standing` is the point's, if it was read."""
    actor = actor_of(user, point)
    return parties_of(actor, standing or standing_of(point)) if actor.role == Role.OFFICER else frozenset()


def present_events(point: MonitoringPoint) -> QuerySet[RectificationEvent]:
    """Events of the present listing: since the point was last listed."""
    events = point.events.order_by("at", "pk")
    listing = events.filter(to_status=State.LISTED).exclude(from_status=State.SUSPENDED).last()
    return events.filter(at__gte=listing.at) if listing else events


def standing_of(point: MonitoringPoint) -> Standing:
    """Return where the point stands, as the table of steps needs it."""
    bodies = frozenset(accepting_bodies(point).values_list("pk", flat=True))
    return _standing(point, present_steps(point), _with_measures(point), bodies)


def present_steps(point: MonitoringPoint) -> list[RectificationEvent]:
    """What `present_events` asks the database for, of events that a page may have read."""
    return _present(in_order(rows_about(point, "events")))


def standings_of(points: Sequence[MonitoringPoint]) -> dict[int, Standing]:
    """Return where each of many points stands by its key: three queries, however many there are."""
    bodies = accepting_bodies_of(points)
    keys = [point.pk for point in points]
    events: dict[int, list[_Step]] = defaultdict(list)
    told = RectificationEvent.objects.filter(point__in=keys).order_by("at", "pk")
    for point, *step in told.values_list("point", *STEP):
        events[point].append(_Step(*step))
    deeds: dict[int, list[Deed]] = defaultdict(list)
    for point, department, actor in _measure_deeds(keys):
        deeds[point].append((department, actor))
    return {
        point.pk: _standing(point, _present(events[point.pk]), deeds[point.pk], bodies[point.pk]) for point in points
    }


class _Step(NamedTuple):
    """What a standing needs of an event, where many are read."""

    from_status: str
    to_status: str
    at: datetime
    department_id: int | None
    actor_id: int | None


def _present[Event: (RectificationEvent, _Step)](events: list[Event]) -> list[Event]:
    """What `present_events` asks the database for, of events that are read already."""
    listings = (e.at for e in events if e.to_status == State.LISTED and e.from_status != State.SUSPENDED)
    since = max(listings, default=None)
    return [event for event in events if since is None or event.at >= since]


def _measure_deeds(points: Sequence[int]) -> QuerySet[WorkEvent, tuple[int, int | None, int | None]]:
    """Who registered or moved a measure of the present listing of each point."""
    done = WorkEvent.objects.filter(point__in=points, measure__isnull=False)
    present = done.filter(Q(point__listed_on=None) | Q(at__date__gte=F("point__listed_on")))
    return present.order_by().values_list("point", "department", "actor").distinct()


def _standing(
    point: MonitoringPoint,
    events: Sequence[RectificationEvent | _Step],
    measures: list[Deed],
    bodies: frozenset[int],
) -> Standing:
    suspension = next((event for event in reversed(events) if event.to_status == State.SUSPENDED), None)
    steps = [event for event in events if (event.from_status, event.to_status) in WORK_STEPS]
    deeds = [(event.department_id, event.actor_id) for event in steps] + measures
    return Standing(
        state=State(point.status),
        department=point.department_id,
        suspended_from=State(suspension.from_status) if suspension else None,
        workers=frozenset(department for department, _person in deeds if department is not None),
        people=frozenset(person for _department, person in deeds if person is not None),
        bodies=bodies,
    )


def _with_measures(point: MonitoringPoint) -> list[Deed]:
    """Who registered or moved a measure of the present listing, whoever is responsible now: department and person."""
    return [
        (row.department_id, row.actor_id)
        for row in rows_about(point, "work_events")
        if row.measure_id is not None and is_of_listing(point, row.at)
    ]


def is_acceptor(user: Asker, point: MonitoringPoint, standing: Standing | None = None) -> bool:
    """Whether `user` is an officer of an accepting body that took no part in the works of the present listing."""
    return Party.ACCEPTOR in _parties(user, point, standing)


def workers_and_acceptors(point: MonitoringPoint, standing: Standing) -> tuple[list[str], list[str]]:
    """Names of the departments that did the works of the present listing and so may not accept them, and of the
    accepting bodies that may.
    """
    workers = {point.department_id, *standing.workers}
    rows = Department.objects.filter(pk__in=workers | standing.bodies).order_by("code").values_list("pk", "name")
    names = dict(rows)
    return (
        [name for pk, name in names.items() if pk in workers],
        [name for pk, name in names.items() if pk not in workers],
    )
