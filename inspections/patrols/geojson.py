"""A patrol as GeoJSON for its own page's map: never in a tile, never for others than `patrols_visible_to`."""

import json
from typing import Any

from django.db.models import QuerySet

from inspections.patrols.measuring import line_of, track_of
from inspections.patrols.models import Patrol, PatrolFinding, TrackPoint


def features_of(patrol: Patrol, findings: QuerySet[PatrolFinding]) -> dict[str, Any]:
    """The line, the positions set apart (`kind` "doubted"), and those `findings` of it that the reader sees."""
    line = patrol.track if not patrol.is_running else line_of(track_of(patrol))
    features = [_feature(line, "track")] if line is not None else []
    for point in patrol.points.exclude(fault="").order_by("number"):
        features.append(_feature(point.geom, "doubted", reason=str(TrackPoint.Fault(point.fault).label)))
    for number, found in enumerate(findings, start=1):
        features.append(_feature(found.geom, "found", number=number, name=found.get_kind_display()))
    return {"type": "FeatureCollection", "features": features}


def _feature(geom: Any, kind: str, **more: Any) -> dict[str, Any]:
    shape = json.loads(geom.geojson)
    return {"type": "Feature", "geometry": shape, "properties": {"kind": kind, **more}}
