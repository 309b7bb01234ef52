"""Two questions about matters side by side: two spans of time, two areas, or both."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.permissions import Asker
from reporting.dashboard import groups, page_data
from reporting.dashboard.groups import Group
from reporting.dashboard.selection import Grouping, Selection, SelectionForm, month_words
from ui.charts.chart import BOTTOM, LEFT, PLOT_HEIGHT, WIDTH, Chart, Line, Mark, Tick, key_of
from ui.charts.scale import Axis, nice_ticks
from ui.charts.svg import as_svg

SIDES = ("a", "b")
RIGHT = 40
MOST_LABELS = 8


class SideForm(SelectionForm):
    """One of the two questions; nothing is cut, and no span of answer times is asked about."""

    field_order = ("area", "department", "since", "until", "category")
    took = None  # type: ignore[assignment]  # so Django takes a field of the parent away
    by = None  # type: ignore[assignment]

    def __init__(self, user: Asker, data: Any, side: str) -> None:
        super().__init__(user, data)
        self.prefix = side


@dataclass(frozen=True, slots=True)
class Side:
    """One question, in words, with its answer."""

    choice: Selection
    words: str
    total: Group
    months: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of one side as text with the list of what it counts, and the counts it is made of with theirs."""

    text: str
    url: str = ""
    of: Sequence[tuple[int, str]] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both sides, and by how much the second differs."""

    title: str
    cells: Sequence[Cell]
    difference: str


def name_of(side: str) -> str:
    """Return what a side is called: two questions may say the same, and then only this tells them apart."""
    return _("甲") if side == SIDES[0] else _("乙")


def side_of(user: Asker, choice: Selection, today: date, name: str) -> Side:
    """Count what `user` may see of one question."""
    monthly = replace(choice, by=Grouping.MONTH)
    found = groups.cases(user, monthly, today)
    words = f"{name} · {page_data.asked(choice) or _('全部')}"
    return Side(choice, words, groups.total_of(found, choice), groups.by_month(found, monthly))


def rows_of(one: Side, other: Side) -> list[Row]:
    """Every figure of the numbers page, of both sides. Shares differ by percentage points."""
    sides = (one.total, other.total)
    rows = [
        _counts(_("提出"), [(side.total, side.lists.get("all", "")) for side in sides]),
        _counts(_("已答复"), [(side.replied, side.lists.get("replied", "")) for side in sides]),
        _counts(_("曾经逾期"), [(side.late, side.lists.get("late", "")) for side in sides]),
        _counts(_("超期未答复"), [(side.overdue, side.lists.get("overdue", "")) for side in sides]),
        _medians(sides),
    ]
    return rows + [_shares(pair) for pair in zip(*(side.figures for side in sides), strict=True)]


def _counts(title: str, counts: Sequence[tuple[int, str]]) -> Row:
    (first, _url), (second, _other) = counts
    return Row(title, [Cell(str(number), url=url if number else "") for number, url in counts], _signed(second - first))


def _signed(number: float) -> str:
    """Return a difference with its sign; none where both are the same."""
    if not number:
        return "0"
    return f"{number:+d}" if isinstance(number, int) else f"{number:+g}"


def _medians(sides: Sequence[Group]) -> Row:
    spreads = [side.spread for side in sides]
    cells = [
        Cell(
            "–" if spread is None else str(spread.p50),
            of=[(side.replied, side.lists.get("replied", ""))],
            unit=pgettext("unit", "件"),
        )
        for spread, side in zip(spreads, sides, strict=True)
    ]
    first, second = spreads
    known = first is not None and second is not None
    return Row(_("一半在几天内"), cells, _signed(second.p50 - first.p50) if known else "–")  # type: ignore[union-attr]


def _shares(pair: Sequence[groups.Figure]) -> Row:
    ratios = [figure.ratio for figure in pair]
    cells = [
        Cell(
            "–" if ratio.percent is None else f"{ratio.percent}%",
            of=[(ratio.part, figure.part_url), (ratio.whole, figure.whole_url)],
        )
        for ratio, figure in zip(ratios, pair, strict=True)
    ]
    first, second = (ratio.percent for ratio in ratios)
    known = first is not None and second is not None
    points = _("%(number)s 个百分点") % {"number": _signed(second - first)} if known else "–"  # type: ignore[operator]
    return Row(str(pair[0].indicator.title), cells, points)


def months_chart(one: Side, other: Side) -> str:
    """Matters a month of both sides, each from its own first month on, as lines; empty where there is nothing."""
    series = [side.months for side in (one, other)]
    length = max(len(months) for months in series)
    highest = max((month.total for months in series for month in months), default=0)
    if not highest:
        return ""
    ticks = nice_ticks(0, highest)
    across = Axis(0, max(1, length - 1), LEFT, WIDTH - RIGHT)
    names = [one.words, other.words]
    keys, key_height = key_of([(place, name, False) for place, name in enumerate(names, start=1)], WIDTH - LEFT)
    top = key_height + 14.0
    up = Axis(0, highest, top + PLOT_HEIGHT, top)
    chart = Chart(
        title=_("每月提出的件数"),
        description=_("；").join(f"{side.words}：{side.total.total}" for side in (one, other)),
        unit=pgettext("unit", "件"),
        x_axis=across,
        y_axis=up,
        top=top,
        height=int(top + PLOT_HEIGHT + BOTTOM),
        x_ticks=_month_ticks(series, across),
        y_ticks=[Tick(up.at(tick), f"{tick:g}") for tick in ticks],
        lines=[_line(place, name, months, across, up)
               for place, (name, months) in enumerate(zip(names, series, strict=True), start=1)],
        keys=keys,
    )  # fmt: skip
    return as_svg(chart)


def _month_ticks(series: Sequence[Sequence[Group]], across: Axis) -> list[Tick]:
    """The months of the longer line; where the other begins elsewhere, how many months after the beginning."""
    longest = max(series, key=len)
    same = all(not months or months[0].key == longest[0].key for months in series)
    step = -(-len(longest) // MOST_LABELS)
    labels = [month_words(month.key) if same else _("第 %d 月") % (place + 1) for place, month in enumerate(longest)]
    return [Tick(across.at(place), labels[place]) for place in range(0, len(longest), step)]


def _line(style: int, name: str, months: Sequence[Group], across: Axis, up: Axis) -> Line:
    marks = [
        Mark(
            across.at(place),
            up.at(month.total),
            False,
            f"{month_words(month.key)} {month.total}",
            month.lists.get("all", "") if month.total else "",
            month.total,
        )
        for place, month in enumerate(months)
    ]
    piece = " ".join(f"{mark.x},{mark.y}" for mark in marks)
    return Line(name, style, marks, [piece] if piece else [])
