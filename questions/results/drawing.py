"""The places of the answers in the small drawing of the district; nearby ones fall together."""

from collections import Counter
from dataclasses import dataclass

from accounts.areas.locator import WIDTH, DistrictFrame, district_frame
from questions.answering.models import AnswerPlace
from questions.register.form import Kind, Question
from questions.register.models import Questionnaire

STEP = 6
"""Units of the drawing, about 700 m of a district 40 km wide: marks show about where, not whose house."""
MOST_PLACES = 20_000


@dataclass(frozen=True, slots=True)
class Mark:
    """So many answers about a place of the drawing."""

    x: float
    y: float
    count: int
    radius: float


@dataclass(frozen=True, slots=True)
class PlacesDrawn:
    """Marks of points, paths of lines, in the frame of the district; `total` counts also what lies outside it."""

    question: Question
    frame: DistrictFrame
    marks: list[Mark]
    lines: list[str]
    total: int
    width: int = WIDTH


def draw_places(questionnaire: Questionnaire, question: Question, *, exact: bool) -> PlacesDrawn | None:
    """Draw the answers to a question about a place; lines only for those who may see them `exact`."""
    frame = district_frame()
    if frame is None or question.kind not in (Kind.POINT, Kind.LINE):
        return None
    rows = AnswerPlace.objects.filter(sheet__questionnaire=questionnaire, question=question.name)
    places = list(rows.order_by("pk").values_list("geom", flat=True)[:MOST_PLACES])
    points = [geom for geom in places if geom.geom_type == "Point"]
    lines = [frame.frame.path(geom) for geom in places if geom.geom_type != "Point"] if exact else []
    return PlacesDrawn(question, frame, _marks(frame, points), [line for line in lines if line], len(places))


def _marks(frame: DistrictFrame, points: list) -> list[Mark]:
    cells: Counter[tuple[int, int]] = Counter()
    for point in points:
        x, y = frame.at(point.x, point.y)
        if frame.frame.holds(x, y):
            cells[int(x // STEP), int(y // STEP)] += 1
    return [
        Mark((column + 0.5) * STEP, (row + 0.5) * STEP, count, min(3 + 1.2 * count**0.5, 14))
        for (column, row), count in sorted(cells.items())
    ]
