"""Who hands samples in, and who answers for the works at a point, so that nobody proves his own success.

Sampling bodies (采样单位) are configured: the monitoring station, the ecology bureau, laboratories with an account. The
works' parties of a point are the department responsible for it, those that registered or moved one of its measures,
those that took a step of the works since it was listed, and the contractors of its measures, by name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import F, Model, Q

from accounts import rules
from accounts.directory.levels import districts
from accounts.models import Department
from accounts.permissions import NARROW, NOWHERE, within
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.queries import is_of_listing, rows_about
from river_monitoring.steps.table import WORK_STEPS
from ui.text.width import half_width


@dataclass(frozen=True, slots=True)
class WorksParties:
    """Who answers for the works at a point: keys of departments, and plain names of these and of contractors."""

    departments: frozenset[int] = frozenset()
    names: frozenset[str] = field(default_factory=frozenset)

    def includes(self, party: int | None, *names: str) -> bool:
        """Whether a party, or anybody of these names, is one of them."""
        return party in self.departments or any(plain_name(name) in self.names for name in names if name)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A name without the differences of width, case and blanks."""
    return "".join(half_width(name).split()).casefold()


def works_parties(point: MonitoringPoint) -> WorksParties:
    """The parties of the works at one point: what `works_parties_of` says of many, of rows that a page reads anyway."""
    steps = [row for row in rows_about(point, "events") if (row.from_status, row.to_status) in WORK_STEPS]
    told = [row for row in rows_about(point, "work_events") if is_of_listing(point, row.at)]
    deeds = [row for row in steps if is_of_listing(point, row.at)] + [row for row in told if row.measure_id is not None]
    departments = {point.department, *(row.department for row in deeds if row.department is not None)}
    kept = [row.contractor for row in rows_about(point, "measures") if not row.is_dropped]
    named = [name for row in told for name in row.changes.get("contractor", ())]
    own = [name for department in departments for name in (department.name, department.short_name)]
    return WorksParties(
        frozenset(department.pk for department in departments),
        frozenset([plain_name(name) for name in own] + [plain_name(name) for name in kept + named if name]),
    )


def works_parties_of(points: Iterable[MonitoringPoint]) -> dict[int, WorksParties]:
    """The same of many points, by their keys, in five queries."""
    wanted = {point.pk: point for point in points}
    found = {pk: {point.department_id} for pk, point in wanted.items()}
    for pk, department in _doers(wanted):
        found[pk].add(department)
    rows = Department.objects.filter(pk__in=set().union(*found.values()))
    named = rows.values_list("pk", "name", "short_name")
    names = {pk: (plain_name(name), plain_name(short)) for pk, name, short in named}
    contractors = _contractors(wanted)
    return {
        pk: WorksParties(
            frozenset(departments),
            frozenset(name for department in departments for name in names[department]) | contractors.get(pk, set()),
        )
        for pk, departments in found.items()
    }


def _doers(points: Mapping[int, MonitoringPoint]) -> Iterable[tuple[int, int]]:
    """Point and department of everything that was done about the works."""
    for rows in _deeds():
        yield from rows.filter(point__in=list(points)).order_by().values_list("point", "department").distinct()


def _deeds() -> tuple[Any, Any]:
    """Steps of the works and events of measures that name a department, of the present listing."""
    steps = _related("events").filter(_is_work_step(), _present(), department__isnull=False)
    measures = _related("work_events").filter(_present(), measure__isnull=False, department__isnull=False)
    return steps, measures


def _present() -> Q:
    """Match events of a point's present listing."""
    return Q(point__listed_on=None) | Q(at__date__gte=F("point__listed_on"))


def points_worked_on(department: Department) -> Q:
    """Match the points of whose works' parties the department is one."""
    steps, measures = (rows.filter(department=department).values("point") for rows in _deeds())
    return Q(department=department) | Q(pk__in=steps) | Q(pk__in=measures)


def _related(name: str) -> Any:
    """The rows that a topic above keeps of points; their models stand there and point here."""
    model: type[Model] = MonitoringPoint._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._default_manager


def _is_work_step() -> Q:
    chosen = Q(pk__in=[])
    for source, target in sorted(WORK_STEPS):
        chosen |= Q(from_status=source, to_status=target)
    return chosen


def _contractors(points: Mapping[int, MonitoringPoint]) -> dict[int, set[str]]:
    """Plain names by point: of its measures, and whoever a measure of the present listing ever named.

    A measure that is dropped or given to another does not make its contractor a stranger to the works.
    """
    found: dict[int, set[str]] = defaultdict(set)
    rows = _related("measures").filter(point__in=list(points), is_dropped=False).exclude(contractor="")
    for pk, contractor in rows.order_by().values_list("point", "contractor").distinct():
        found[pk].add(plain_name(contractor))
    told = _related("work_events").filter(_present(), point__in=list(points), changes__has_key="contractor")
    for pk, names in told.order_by().values_list("point", "changes__contractor").distinct():
        found[pk].update(plain_name(name) for name in names if name)
    return found


def sampling_bodies() -> frozenset[int]:
    """Keys of the departments that may sample where they are not responsible."""
    codes = rules.value("samples.bodies")
    return frozenset(Department.objects.filter(code__in=codes).values_list("pk", flat=True)) if codes else frozenset()


def is_body_at(department: Department | None, point: MonitoringPoint) -> bool:
    """Whether a department is a sampling body for this point: one that `points_of_body` matches."""
    return department is not None and MonitoringPoint.objects.filter(points_of_body(department), pk=point.pk).exists()


def points_of_body(department: Department) -> Q:
    """Match the points that a sampling body samples: of the whole district, or of its own town."""
    area = department.area
    if department.pk not in sampling_bodies():
        return Q(pk__in=[])
    if area is None or area.level not in NARROW:
        return within(area or NOWHERE) if districts().several else Q(pk__isnull=False)
    return Q(area=area) | Q(area__parent=area) | Q(village=area)
