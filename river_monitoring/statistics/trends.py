"""One parameter of a point through time: what the chart, its table and the API show."""

from datetime import datetime
from typing import Any, cast

from django.db.models import CharField, Func
from django.db.models.fields.json import KT
from django.utils import timezone

from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.past import water_on
from river_monitoring.standard.evaluation import GB3838_2002, Parameter, Water
from river_monitoring.standard.readings import parse_reading
from river_monitoring.statistics.periods import parameter_trend
from river_monitoring.statistics.wording import trend_in_words
from river_monitoring.steps.sample_quality import VOID
from river_monitoring.wording.parameters import parameter_name


def trend(point: MonitoringPoint, parameter: str, available: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return one parameter of a point through time, oldest first, with the limits of its class lines.

    A non-detect carries its detection limit as value and `below_limit`; its class counts half of it.
    Raises KeyError for a parameter that the standard does not know.
    """
    standard = GB3838_2002
    row, water, zone = standard[parameter], cast(Water, point.water), timezone.get_current_timezone()
    counted = point.samples.exclude(quality__in=VOID).order_by("phenomenon_time")
    values = counted.filter(readings__has_key=parameter).values_list("phenomenon_time", KT(f"readings__{parameter}"))
    return {
        "parameter": parameter,
        "name": parameter_name(row),
        "unit": row.unit,
        "direction": row.direction,
        "series": [_sample_on_trend(at.astimezone(zone), text, row, point) for at, text in values],
        "limits": {str(number): float(limit) for number, limit in enumerate(row.limits_for(water), start=1)},
        "bounds": [float(bound) for bound in row.bounds] if row.bounds else None,
        "target_class": point.target_class,
        "available": available_parameters(point) if available is None else available,
        "rank": _rank(point, row),
    }


def _rank(point: MonitoringPoint, row: Parameter) -> dict[str, Any]:
    """Whether the monthly means of the last three years rise or fall, with what the answer rests on."""
    found = parameter_trend(point, row.code, "month").trend
    words = trend_in_words(found, row)
    return {
        "direction": found.direction,
        "count": found.count,
        "coefficient": found.coefficient,
        "critical": found.critical,
        "sentence": words.sentence,
        "numbers": words.numbers,
    }


def newest_first(trend: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Return the newest values of a trend for a table, each with its time as `day`."""
    return [{**value, "day": datetime.fromisoformat(value["t"])} for value in reversed(trend["series"][-count:])]


def _sample_on_trend(at: datetime, text: str, row: Parameter, point: MonitoringPoint) -> dict[str, Any]:
    reading, water = parse_reading(text), water_on(point, at.date())
    assert reading is not None  # noqa: S101 - services store no empty reading
    return {
        "t": at.isoformat(),
        "value": float(reading.value),
        "below_limit": reading.below_limit,
        "class": row.grade(reading.counted, water) if row.is_rated(water) else 0,
    }


class _Keys(Func):
    """The keys of a JSON object, a row each."""

    function = "jsonb_object_keys"
    set_returning = True
    output_field = CharField()


def available_parameters(point: MonitoringPoint) -> list[dict[str, str]]:
    """Return the parameters that occur in a point's samples, in the order of the standard's table."""
    counted = point.samples.exclude(quality__in=VOID).order_by()
    codes = set(counted.annotate(code=_Keys("readings")).values_list("code", flat=True).distinct())
    return [
        {"code": code, "name": parameter_name(row)} for code, row in GB3838_2002.parameters.items() if code in codes
    ]


DEFAULT_PARAMETER = "nh3n"
