"""Answer times of groups side by side: for each the median, the middle half and the middle eighty percent."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reporting.dashboard.charts import Drawing
from reporting.dashboard.distribution import LEAST
from reporting.dashboard.groups import Group
from reporting.dashboard.selection import Selection

MOST = 15
LEFT, RIGHT, WIDTH = 94, 350, 400
TOP, ROW = 34, 24
LAWFUL_DAYS = 90
"""Three months, nearly: the mark that answers are held against (代表法 Art. 51)."""
STEPS = (5, 10, 15, 30, 60, 90, 180, 360)
MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One group; without `median` there were too few answers to draw."""

    name: str
    query: str
    count: int
    y: int
    p10: float | None = None
    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None
    words: str = ""

    @property
    def text_y(self) -> int:
        return self.y + 4

    @property
    def top(self) -> int:
        return self.y - 7

    @property
    def box(self) -> float:
        return round((self.p75 or 0) - (self.p25 or 0), 1)


def compare(groups: Sequence[Group], choice: Selection) -> Drawing | None:
    """Draw the largest groups, those with too few answers as words; None when no group has enough."""
    shown = groups[:MOST]
    longest = max((group.spread.p90 for group in shown if group.spread), default=None)
    if longest is None:
        return None
    span = max(longest, LAWFUL_DAYS) * 1.04
    height = TOP + ROW * len(shown) + 12
    lines = [_line(group, TOP + ROW * place + ROW // 2, span) for place, group in enumerate(shown)]
    caption = _("答复用时比较（天）：横线为中间八成，方框为中间一半，竖线为中位数；不足 %d 件的不画") % LEAST
    context = {
        "lines": lines,
        "caption": caption,
        "width": WIDTH,
        "height": height,
        "left": LEFT,
        "right": RIGHT,
        "count_x": WIDTH - 6,
        "name_x": LEFT - 8,
        "top": TOP,
        "base": height - 12,
        "ticks": [(days, _at(days, span)) for days in _ticks(span)],
        "lawful": _at(LAWFUL_DAYS, span),
    }
    return Drawing("spread", render_to_string("reporting/dashboard/boxes.svg", context), WIDTH, height, caption)


def _line(group: Group, y: int, span: float) -> Line:
    found = group.spread
    if found is None:
        return Line(group.label, group.query, group.replied, y, words=_("答复 %d 件，不统计用时") % group.replied)
    p10, p25, median, p75, p90 = (_at(days, span) for days in (found.p10, found.p25, found.p50, found.p75, found.p90))
    counts = {"replied": group.replied, "p50": f"{found.p50:g}", "p90": f"{found.p90:g}"}
    words = _("%(replied)d 件，中位数 %(p50)s 天，九成在 %(p90)s 天内") % counts
    return Line(group.label, group.query, group.replied, y, p10, p25, median, p75, p90, words)


def _at(days: float, span: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * days / span, 1)


def _ticks(span: float) -> list[int]:
    step = next((each for each in STEPS if span / each <= MOST_TICKS), STEPS[-1])
    return list(range(0, int(span) + 1, step))
