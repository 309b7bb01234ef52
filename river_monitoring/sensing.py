"""What of points and samples the SensorThings service shows: the same rows to the same people as pages and tiles.

A point is a thing, its location and the place of its samples; a parameter that was ever measured there a datastream; a
reading of a sample an observation. No former places of a point are kept, so there are no historical locations.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import CharField, DecimalField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from ogc.moments import in_utc
from ogc.sensorthings.entities import EntitySet, Navigation, Property, Service
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.samples.models import Sample, Series
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.standard.readings import UnreadableValue, parse_reading

GEOJSON = "application/geo+json"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
UCUM = {"mg/L": "mg/L", "mg/m³": "mg/m3", "℃": "Cel", "m": "m", "": "[pH]", "个/L": "{#}/L"}
"""Codes of the Unified Code for Units of Measure by the units of the standard's table."""
MEANING = "https://ucum.org/ucum#"


def _points(user: Asker) -> QuerySet[Any]:
    return points_visible_to(user)


def _no_points(user: Asker) -> QuerySet[Any]:
    return MonitoringPoint.objects.none()


def _series(user: Asker) -> QuerySet[Any]:
    return Series.objects.filter(point__in=points_visible_to(user))


def _observations(user: Asker) -> QuerySet[Any]:
    """A row for each reading: the series of a point with each sample of the point that has the parameter."""
    raw = Func(F("point__samples__readings"), F("code"), function="jsonb_extract_path_text", output_field=TextField())
    number = Func(
        raw, template=r"substring(%(expressions)s from '-?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]{1,2})?')::numeric",
        output_field=DecimalField(),
    )  # fmt: skip
    rows = _series(user).annotate(
        sample=F("point__samples__pk"),
        at=F("point__samples__phenomenon_time"),
        recorded=F("point__samples__recorded_at"),
        raw=raw,
        number=number,
        identifier=Concat(F("point__samples__pk"), Value("-"), F("code"), output_field=CharField()),
        **{name: F(f"point__samples__{name}") for name in _OF_SAMPLE},
    )
    return rows.filter(raw__isnull=False)


_OF_SAMPLE = ("source", "party_name", "laboratory", "method", "quality", "water_class")


def _of_identifier(key: str | int) -> Q | None:
    """Match one reading: `1234-nh3n`, the sample and the parameter."""
    number, _dash, code = str(key).partition("-")
    fits = number.isascii() and number.isdecimal() and len(number) <= 18
    return Q(sample=int(number), code=code) if fits else None


def parameters() -> Sequence[Mapping[str, Any]]:
    return [
        {"id": code, "name": found.zh, "description": found.en, "unit": found.unit, "hj525": list(found.hj525),
         "clause": found.clause}
        for code, found in GB3838_2002.parameters.items()
    ]  # fmt: skip


def _thing(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(MonitoringPoint.Kind(row["kind"]).label)
    properties = {
        "code": row["code"], "kind": kind, "river": row["river__name"], "area": row["area__name"],
        "areaCode": row["area__code"], "department": row["department__name"],
        "targetClass": row["target_class"], "currentClass": row["current_class"] or None,
        "currentMonth": f"{row['current_month']:%Y-%m}" if row["current_month"] else None,
    }  # fmt: skip
    return {"name": row["name"], "description": f"{kind} {row['code']}", "properties": properties}


def _location(row: Mapping[str, Any]) -> dict[str, Any]:
    said = _("示意位置") if row["is_schematic"] else _("实测位置")
    return {"name": row["name"], "description": said, "encodingType": GEOJSON, "location": _geojson(row)}


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    said = {"name": row["name"], "description": _("采样的水体位置"), "encodingType": GEOJSON}
    return said | {"feature": _geojson(row)}


def _geojson(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(row["geom"].x, 7), round(row["geom"].y, 7)]}


def _datastream(row: Mapping[str, Any]) -> dict[str, Any]:
    found = GB3838_2002.parameters.get(row["code"])
    name, unit = (found.zh, found.unit) if found else (row["code"], "")
    code = UCUM.get(unit, unit) if found else ""
    measured = {"name": unit or name, "symbol": unit or "1", "definition": f"{MEANING}{code}" if code else None}
    return {
        "name": f"{row['point__name']} {name}",
        "description": _("%(point)s的%(parameter)s监测值") % {"point": row["point__name"], "parameter": name},
        "observationType": MEASUREMENT,
        "unitOfMeasurement": measured | {"ucum": code or None},
        "observedArea": _geojson({"geom": row["point__geom"]}),
        "phenomenonTime": f"{in_utc(row['first_at'])}/{in_utc(row['last_at'])}",
        "properties": {"parameter": row["code"]},
    }


def _observation(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        reading = parse_reading(row["raw"])
    except UnreadableValue:
        reading = None
    given = {
        "source": str(Sample.Source(row["source"]).label), "party": row["party_name"] or None,
        "laboratory": row["laboratory"] or None, "method": row["method"] or None, "reported": row["raw"],
        "belowDetectionLimit": bool(reading and reading.below_limit), "sample": row["sample"],
        "sampleClass": row["water_class"] or None,
    }  # fmt: skip
    return {
        "phenomenonTime": in_utc(row["at"]),
        "resultTime": in_utc(row["recorded"]),
        "result": float(reading.value) if reading is not None else None,
        "resultQuality": row["quality"],
        "parameters": {name: value for name, value in given.items() if value is not None},
    }


def _sensor(row: Mapping[str, Any]) -> dict[str, Any]:
    said = _("按标准%(clause)s测定%(name)s的方法；每次的方法见观测的 parameters.method。") % row
    return {
        "name": row["name"],
        "description": said,
        "encodingType": "text/plain",
        "metadata": row["clause"] or row["name"],
    }


def _observed(row: Mapping[str, Any]) -> dict[str, Any]:
    properties = {"unit": row["unit"], "hj525": row["hj525"], "standard": GB3838_2002.id}
    definition = f"urn:{GB3838_2002.id}:{row['id']}"
    return {"name": row["name"], "description": row["description"], "definition": definition, "properties": properties}


_PLACE = ("pk", "name", "geom", "is_schematic", "code")
_PLACED = {"id": Property("pk", "number"), "name": Property("name")}
_POINT = _PLACED | {
    "properties/code": Property("code"), "properties/areaCode": Property("area__code"),
    "properties/area": Property("area__name"), "properties/river": Property("river__name"),
    "properties/targetClass": Property("target_class", "number"),
    "properties/currentClass": Property("current_class", "number"),
}  # fmt: skip
_PARAMETER = {name: Property(name) for name in ("id", "name", "description")}
SETS = (
    EntitySet(
        "Things", _thing, _POINT,
        {
            "Locations": Navigation("Locations", True, "pk", "pk", ""),
            "HistoricalLocations": Navigation("HistoricalLocations", True, "pk", "pk"),
            "Datastreams": Navigation("Datastreams", True, "pk", "point", "series"),
        },
        rows=_points,
        columns=(
            "pk", "name", "code", "kind", "river__name", "area__name", "area__code", "department__name",
            "target_class", "current_class", "current_month",
        ),
    ),
    EntitySet(
        "Locations", _location, _PLACED | {"location": Property("geom", "place")},
        {
            "Things": Navigation("Things", True, "pk", "pk", ""),
            "HistoricalLocations": Navigation("HistoricalLocations", True, "pk", "pk"),
        },
        rows=_points, columns=_PLACE,
    ),
    EntitySet(
        "HistoricalLocations", lambda row: {}, {"id": Property("pk", "number")},
        {
            "Thing": Navigation("Things", False, "pk", "pk", ""),
            "Locations": Navigation("Locations", True, "pk", "pk", ""),
        },
        rows=_no_points, columns=("pk",),
    ),
    EntitySet(
        "Datastreams", _datastream,
        {"id": Property("pk", "number"), "properties/parameter": Property("code")},
        {
            "Thing": Navigation("Things", False, "point", "pk", "point"),
            "Sensor": Navigation("Sensors", False, "code", "id"),
            "ObservedProperty": Navigation("ObservedProperties", False, "code", "id"),
            "Observations": Navigation("Observations", True, "pk", "pk"),
        },
        rows=_series, columns=("pk", "code", "point", "point__name", "point__geom", "first_at", "last_at"),
    ),
    EntitySet(
        "Sensors", _sensor, _PARAMETER,
        {"Datastreams": Navigation("Datastreams", True, "id", "code")}, fixed=parameters, id_column="id",
    ),
    EntitySet(
        "ObservedProperties", _observed, _PARAMETER,
        {"Datastreams": Navigation("Datastreams", True, "id", "code")}, fixed=parameters, id_column="id",
    ),
    EntitySet(
        "Observations", _observation,
        {
            "id": Property("identifier"), "phenomenonTime": Property("at", "time"),
            "resultTime": Property("recorded", "time"), "result": Property("number", "number"),
            "resultQuality": Property("quality"),
        },
        {
            "Datastream": Navigation("Datastreams", False, "pk", "pk", ""),
            "FeatureOfInterest": Navigation("FeaturesOfInterest", False, "point", "pk", "point"),
        },
        rows=_observations,
        columns=("pk", "point", "code", "identifier", "sample", "at", "recorded", "raw", *_OF_SAMPLE),
        id_column="identifier", by_id=_of_identifier, order=("sample", "code"),
    ),
    EntitySet(
        "FeaturesOfInterest", _feature, _PLACED | {"feature": Property("geom", "place")},
        {"Observations": Navigation("Observations", True, "pk", "point")}, rows=_points, columns=_PLACE,
    ),
)  # fmt: skip
SENSING = Service({each.name: each for each in SETS})
