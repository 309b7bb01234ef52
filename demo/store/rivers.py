"""Rivers, reaches, monitoring points, their samples and the steps of their rectification."""

from datetime import date
from random import Random

from shapely import MultiPolygon, Polygon

from accounts.models import Area, Department
from accounts.rules.services import begin
from demo.plan.calendar import sampled_months
from demo.plan.cases import History, assessed
from demo.plan.chance import stream
from demo.plan.chiefs import chiefs, ends_of
from demo.plan.rivers import Stretch, Water, stretches, waters
from demo.store.geometry import to_geos, to_point
from river_monitoring.assessment.period import Assessment
from river_monitoring.models import Chief, MonitoringPoint, Reach, River
from river_monitoring.network import build
from river_monitoring.rectification.services import failing_items

WIDTH_M = {"city": (28, 70), "county": (12, 28), "town": (5, 13)}
GOAL = "主要监测断面稳定达到目标类别，沿线无污水直排口，河面无漂浮物，岸坡整洁。"


def store_range_rules(today: date) -> None:
    """The metres of the city's river regulation, since before the first sample."""
    values = {"ranges.province_m": 7, "ranges.city_m": 7, "ranges.county_m": 5, "ranges.town_m": 2}
    basis = {"ranges.basis": "《宁波市河道管理条例》第十一条"}
    begin(values | basis, since=sampled_months(today)[0], reason="演示：启用时的规则")


def store_rivers(areas: dict[str, Area]) -> dict[str, Reach]:
    """Rivers with what they flow into, and their reaches; the reaches by code."""
    rivers = {river.code: river for river in River.objects.bulk_create(_river(water) for water in waters())}
    for water in waters():
        rivers[water.code].flows_into = rivers[water.into] if water.into else None
    River.objects.bulk_update(rivers.values(), ["flows_into"])
    widths = stream("widths")
    created = Reach.objects.bulk_create(_reach(stretch, rivers, areas, widths) for stretch in stretches())
    reaches = {reach.code: reach for reach in created}
    Chief.objects.bulk_create(
        Chief(river=rivers[item.water], reach=reaches.get(item.stretch), area=areas.get(item.village), **item.given())
        for item in chiefs()
    )
    build.rebuild()
    return reaches


def _river(water: Water) -> River:
    surface = MultiPolygon([Polygon(water.line.coords)]) if water.kind == "lake" else None
    return River(
        code=water.code,
        name=water.name,
        kind=water.kind,
        grade=water.grade,
        goal="" if water.grade == "town" else GOAL,
        surface=to_geos(surface) if surface else None,
    )


def _reach(stretch: Stretch, rivers: dict[str, River], areas: dict[str, Area], chance: Random) -> Reach:
    low, high = WIDTH_M[stretch.water.grade]
    begins, ends = ends_of(stretch)
    return Reach(
        code=stretch.code,
        name=stretch.name,
        river=rivers[stretch.water.code],
        area=areas[stretch.town.code],
        order=stretch.order,
        begins_at=begins,
        ends_at=ends,
        width_m=None if stretch.water.kind == "lake" else chance.randrange(low, high),
        geom=to_geos(stretch.line),
        is_schematic=True,
    )


def store_points(
    histories: tuple[History, ...],
    areas: dict[str, Area],
    departments: dict[str, Department],
    reaches: dict[str, Reach],
) -> dict[str, MonitoringPoint]:
    points = [_point(history, areas, departments, reaches) for history in histories]
    return {point.code: point for point in MonitoringPoint.objects.bulk_create(points)}


def _point(
    history: History, areas: dict[str, Area], departments: dict[str, Department], reaches: dict[str, Reach]
) -> MonitoringPoint:
    place = history.place
    reach = reaches[place.stretch.code] if place.stretch else None
    listed = _when_listed(history)
    return MonitoringPoint(
        code=place.code,
        name=place.name,
        kind=place.kind,
        water=place.water,
        reach=reach,
        river=reach.river if reach else None,
        area=areas[place.town.code],
        village=areas[place.village.code] if place.village else None,
        department=departments[place.department],
        geom=to_point(place.place),
        is_schematic=True,
        target_class=place.target,
        causes=place.causes,
        baseline_class=listed.number if listed else 0,
        listed_for=failing_items(listed, place.target) if listed else [],
        status=history.status.value,
        listed_on=history.listed_on,
        due_on=history.due_on,
        delisted_on=history.delisted_on,
        version=1 + len(history.steps),
    )


def _when_listed(history: History) -> Assessment | None:
    """The newest month when the point was last listed; None when it never was."""
    listed_on = history.listed_on
    before = [sample for sample in history.samples if listed_on and sample.at.date() <= listed_on]
    return assessed(before[-1], history.place) if before else None
