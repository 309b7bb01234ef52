"""The places of the answers in the small drawing of the district; nearby ones fall together."""

from collections import Counter
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from accounts.areas.locator import WIDTH, DistrictFrame, district_frame
from accounts.district import outline_rows
from questions.answering.models import AnswerPlace, AnswerSheet
from questions.register.form import Kind, Question
from ui.plain_values import kept_in_cache

STEP = 6
"""Units of the drawing, about 700 m of a district 40 km wide. A mark of few answers may still be somebody's house."""
MOST_PLACES = 20_000


@kept_in_cache
@dataclass(frozen=True, slots=True)
class Mark:
    """So many answers about a place of the drawing."""

    x: float
    y: float
    count: int
    radius: float


@kept_in_cache
@dataclass(frozen=True, slots=True)
class PlacesDrawn:
    """Marks of points, paths of lines, in the frame of the district; `total` counts also what is not drawn."""

    question: Question
    frame: DistrictFrame
    marks: list[Mark]
    lines: list[str]
    total: int
    least: int
    width: int = WIDTH


def draw_places(question: Question, sheets: QuerySet[AnswerSheet], *, least: int = 0) -> PlacesDrawn | None:
    """Draw the answers of `sheets` to a question about a place.

    With `least`, for the public, a mark of fewer answers is left out, and lines are not drawn at all: one of them shows
    one person's way.
    """
    frame = district_frame(tuple(outline_rows().values_list("code", flat=True)))
    if frame is None or question.kind not in (Kind.POINT, Kind.LINE):
        return None
    rows = AnswerPlace.objects.filter(sheet__in=sheets.order_by(), question=question.name)
    places = list(rows.order_by("pk").values_list("geom", flat=True)[:MOST_PLACES])
    points = [geom for geom in places if geom.geom_type == "Point"]
    lines = [] if least else [frame.frame.path(geom) for geom in places if geom.geom_type != "Point"]
    marks = [mark for mark in _marks(frame, points) if mark.count >= least]
    return PlacesDrawn(question, frame, marks, [line for line in lines if line], len(places), least)


def _marks(frame: DistrictFrame, points: list[Point]) -> list[Mark]:
    cells: Counter[tuple[int, int]] = Counter()
    for point in points:
        x, y = frame.at(point.x, point.y)
        if frame.frame.holds(x, y):
            cells[int(x // STEP), int(y // STEP)] += 1
    return [
        Mark((column + 0.5) * STEP, (row + 0.5) * STEP, count, min(3 + 1.2 * count**0.5, 14))
        for (column, row), count in sorted(cells.items())
    ]
