"""The trophic level index of a lake through time, its levels as bands."""

from django.utils.translation import gettext as _

from river_monitoring.standard.trophic import Level
from river_monitoring.statistics.lakes import LakeHistory
from river_monitoring.statistics.wording import level_in_words
from river_monitoring.wording.quality import span_in_words
from ui.charts.chart import BOTTOM, LEFT, RIGHT, WIDTH, Chart, Line, Mark, Strip, Tick, pieces_of
from ui.charts.scale import Axis, nice_ticks

HEIGHT = 170
TOP = 10.0
# Level, from, to, and the class whose colour it takes.
LEVELS: tuple[tuple[Level, float, float, int], ...] = (
    ("oligotrophic", 0, 30, 1),
    ("mesotrophic", 30, 50, 3),
    ("light", 50, 60, 4),
    ("moderate", 60, 70, 5),
    ("hyper", 70, 100, 6),
)
LABELS = 8


def index_chart(history: LakeHistory) -> Chart:
    """Draw the spans that have an index; spans without one break the line."""
    found = [(place, state) for place, state in enumerate(history.states) if state.trophic]
    values = [state.trophic.index for _place, state in found if state.trophic]
    low, high = min(20.0, *values, 30.0), max(75.0, *values)
    x_axis = Axis(-0.5, len(history.states) - 0.5, LEFT, WIDTH - RIGHT)
    y_axis = Axis(low, high, TOP + HEIGHT, TOP)
    chart = Chart(
        title=history.newest.name,
        description=_("综合营养状态指数的折线，背景为营养等级。数值见表。"),
        unit="",
        x_axis=x_axis,
        y_axis=y_axis,
        top=TOP,
        height=int(TOP + HEIGHT + BOTTOM),
        strips=[_strip(level, y_axis) for level in LEVELS if level[1] < high and level[2] > low],
        y_ticks=[Tick(y_axis.at(tick), f"{tick:g}") for tick in nice_ticks(low, high, 5)],
    )
    every = max(1, -(-len(history.states) // LABELS))
    chart.x_ticks = [
        Tick(x_axis.at(place), span_in_words(state.span))
        for place, state in enumerate(history.states)
        if (len(history.states) - 1 - place) % every == 0
    ]
    marks = [
        Mark(x_axis.at(place), y_axis.at(value), False, f"{span_in_words(state.span)}：{value:.1f}")
        for (place, state), value in zip(found, values, strict=True)
    ]
    places = [place for place, _state in found]
    breaks = [place - 1 not in places for place in places]
    chart.lines = [Line(history.newest.name, 1, marks, pieces_of(marks, breaks))]
    return chart


def _strip(level: tuple[Level, float, float, int], axis: Axis) -> Strip:
    name, begin, end, number = level
    top, bottom = axis.at(min(end, axis.high)), axis.at(max(begin, axis.low))
    middle = round((top + bottom) / 2 + 4, 2) if bottom - top > 12 else None
    return Strip(number, top, round(bottom - top, 2), middle, level_in_words(name))
