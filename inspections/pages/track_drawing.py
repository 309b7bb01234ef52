"""A patrol drawn without a map: its track, the waters around it and what was found, as numbers for an SVG."""

from collections.abc import Iterable
from dataclasses import dataclass

from inspections.patrols.models import Patrol, PatrolFinding
from river_monitoring.models import Reach
from ui.charts.frame import MapFrame, ScaleBar

WIDTH, HEIGHT, MARGIN = 640, 420, 24
LEAST_M = 400
"""A walk of a few metres still gets some surroundings."""


@dataclass(frozen=True)
class Mark:
    """A numbered place."""

    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Paths and places in units of the drawing."""

    track: str
    waters: list[str]
    marks: list[Mark]
    start: tuple[float, float]
    scale_bar: ScaleBar
    width: int = WIDTH
    height: int = HEIGHT


def draw(patrol: Patrol, findings: Iterable[PatrolFinding]) -> Drawing | None:
    """Draw an ended patrol and those `findings` of it that the reader sees; None when there is no track."""
    if patrol.track is None:
        return None
    frame = MapFrame.around(patrol.track.extent, WIDTH, HEIGHT, margin=MARGIN, least_m=LEAST_M)
    return Drawing(
        track=frame.path(patrol.track, detail=0),
        waters=[frame.path(water.geom) for water in Reach.objects.filter(geom__intersects=frame.box)],
        marks=[Mark(n, *frame.at(row.geom.x, row.geom.y)) for n, row in enumerate(findings, start=1)],
        start=frame.at(*patrol.track[0][0][:2]),
        scale_bar=frame.scale_bar(),
    )
