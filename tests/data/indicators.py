"""Indicators with values over a district of seven towns, as tests of boards and warnings need them."""

from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import Area
from accounts.permissions import Asker
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation, Way
from reporting.observations.places import find_places
from reporting.observations.recording import Given, record_value
from tests.data.cast import MIDDLE, NORTH, SOUTH, World, box

MORE_TOWNS = 5


def more_towns(world: World) -> list[Area]:
    """Five more towns, so that peers can be compared; all of them with the two of the world."""
    for number in range(MORE_TOWNS):
        west = MIDDLE + number * 0.01
        Area.objects.create(
            code=f"33020320{number}", name=f"{number}号镇", level=Area.Level.TOWN, parent=world.district,
            geom=box(west, SOUTH, west + 0.01, NORTH),
        )  # fmt: skip
    return list(Area.objects.filter(level=Area.Level.TOWN))


def make_indicator(code: str = "pm25", **facts) -> Indicator:
    given = {
        "title": "PM2.5", "unit": "µg/m³", "direction": "down", "period_kind": "month", "level": "town",
        "is_public": True,
    } | facts  # fmt: skip
    return Indicator.objects.create(code=code, **given)


def say(indicator: Indicator, area: Area, period: date, value, *, plan=None, whole=None, at=None) -> Observation:
    """Put a value into an empty cell."""
    return Observation.objects.create(
        indicator=indicator, area=area, period=period, value=None if value is None else Decimal(str(value)), plan=plan,
        whole=whole, way=Way.SHEET, said_at=at or datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip


def say_months(indicator: Indicator, area: Area, first: date, *values) -> None:
    """One value a month from `first` on; None leaves a month out."""
    for number, value in enumerate(values):
        if value is not None:
            say(indicator, area, periods.shift("month", first, number), value)


def put(actor: Asker, indicator: Indicator, code: str, value, period: date = date(2026, 5, 1), **more) -> Observation:
    """Say the value of a place, in May where no period is named, as somebody does on a page. Raises Refusal."""
    place = find_places([(indicator, code)], actor)[indicator.pk, code]
    if isinstance(place, Exception):
        raise place
    return record_value(actor, Given(indicator, place, period, Decimal(str(value)), **more), Way.PAGE)
