"""The dashboard's drawings as SVG made on the server: the same on the page, without JavaScript, and in the PNG."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from math import hypot
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.areas.locator import WIDTH as MAP_WIDTH
from accounts.areas.locator import Locator, district_frame
from accounts.models import Area
from reporting.dashboard.distribution import Bin, Spread, histogram
from reporting.dashboard.groups import Group
from reporting.dashboard.selection import Selection, bin_name, month_within, month_words

WIDTH, HEIGHT = 400, 210
"""Narrow, so that the words can be read on a phone."""
LEFT, TOP, BASE = 18, 42, 180
LARGEST_RADIUS = 18
MOST_STEPS, MOST_APART = 60, 60
MOST_LABELS = 4
"""Months with a name: five would touch where the last stands at the right edge."""
HALF_A_NAME = 20


type Circle = tuple[float, float, float]
"""Where its middle is, and its radius."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG with its size in CSS pixels and the sentence that says what it shows."""

    name: str
    svg: str
    width: int
    height: int
    caption: str


@dataclass(frozen=True, slots=True)
class Named:
    """What one bar counts, what it is called, and the question that it leads to."""

    count: int
    label: str
    name: str
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its number above and its name below."""

    x: float
    y: float
    width: float
    height: float
    count: int
    label: str
    name: str
    """What is read aloud; `label` may be left out where there is no room."""
    query: str
    chosen: bool = False

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def anchor(self) -> str:
        """How the name below lies to the middle: at the right edge it ends there."""
        return "end" if self.middle > WIDTH - LEFT - HALF_A_NAME else "middle"

    @property
    def above(self) -> float:
        return self.y - 5


def answer_times(group: Group, choice: Selection) -> Drawing:
    """How long the first replies took: a bar per span of days, with the percentiles in words."""
    named = [_of_bin(each, choice) for each in histogram(group.days)]
    caption = _("答复用时的分布：%(replied)d 件已答复，共 %(total)d 件") % {
        "replied": group.replied,
        "total": group.total,
    }
    return _draw("days", _bars(named), caption, note=_spread_words(group.spread))


def _of_bin(each: Bin, choice: Selection) -> Named:
    first, name = str(each.first), bin_name(each)
    chosen = choice.took == first
    return Named(each.count, name, name, choice.query(took="" if chosen else first), chosen)


def over_time(months: Sequence[Group], choice: Selection) -> Drawing:
    """How many matters came in each month, as a line with a mark a month."""
    caption = _("每月提出的件数：共 %d 件") % sum(month.total for month in months)
    step = -(-len(months) // MOST_LABELS) or 1
    named = [
        Named(
            month.total,
            month_words(month.key) if place % step == step // 2 else "",
            month_words(month.key),
            month.query,
            (choice.since, choice.until) == month_within(choice, month.key),
        )
        for place, month in enumerate(months)
    ]
    return _draw("months", _bars(named), caption, template="line")


def town_map(groups: Sequence[Group], choice: Selection, districts: Collection[str]) -> Drawing | None:
    """A circle per town, its area in step with the number of matters; each leads to the town alone.

    `districts`: the codes of those that are drawn.
    """
    frame = district_frame(districts)
    if frame is None:
        return None
    counts = {group.key: group for group in groups if group.key}
    largest = max((group.total for group in counts.values()), default=1)
    towns, places = [], []
    for town in Area.objects.filter(code__in=counts).order_by("code"):
        if town.point is not None:
            radius = max(6.5, LARGEST_RADIUS * (counts[town.code].total / largest) ** 0.5)
            towns.append(town)
            places.append((*frame.at(town.point.x, town.point.y), round(radius, 1)))
    circles: list[dict[str, Any]] = []
    for town, (x, y, radius) in zip(towns, apart(places), strict=True):
        group, chosen = counts[town.code], choice.area is not None and choice.area.code == town.code
        circles.append(
            {"x": x, "y": y, "r": radius, "town": town.name, "text_y": y + 4, "group": group, "chosen": chosen}
        )
    circles.sort(key=lambda circle: -circle["r"])
    caption = _("各镇街的件数：圆的面积与件数成正比")
    context = {
        "locator": Locator(frame, 0, 0),
        "circles": circles,
        "caption": caption,
        "everything": choice.query(area=None),
    }
    svg = render_to_string("reporting/dashboard/town_map.svg", context)
    return Drawing("map", svg, MAP_WIDTH, frame.height, caption)


def apart(circles: Sequence[Circle]) -> list[Circle]:
    """Circles moved by as little as they need to lie beside each other, in the same order.

    Of two that overlap each gives way by half. After `MOST_STEPS` it stays as it is, for there may be no room; there is
    none for more than `MOST_APART`.
    """
    if len(circles) > MOST_APART:
        return list(circles)
    places = [[x, y] for x, y, _radius in circles]
    pairs = list(combinations(range(len(circles)), 2))
    for _step in range(MOST_STEPS):
        moved = False
        for one, other in pairs:
            dx, dy = places[other][0] - places[one][0], places[other][1] - places[one][1]
            distance, wanted = hypot(dx, dy), circles[one][2] + circles[other][2]
            if distance > wanted - 0.05:
                continue
            ex, ey = (dx / distance, dy / distance) if distance else (1.0, 0.0)
            by, moved = (wanted - distance) / 2, True
            places[one] = [places[one][0] - ex * by, places[one][1] - ey * by]
            places[other] = [places[other][0] + ex * by, places[other][1] + ey * by]
        if not moved:
            break
    return [(x, y, radius) for (x, y), (_x, _y, radius) in zip(places, circles, strict=True)]


def _bars(named: Sequence[Named]) -> list[Bar]:
    largest = max((each.count for each in named), default=0) or 1
    room = (WIDTH - 2 * LEFT) / max(1, len(named))
    return [
        Bar(
            x=round(LEFT + place * room + room * 0.1, 1),
            y=round(BASE - (BASE - TOP) * each.count / largest, 1),
            width=round(room * 0.8, 1),
            height=round((BASE - TOP) * each.count / largest, 1),
            **asdict(each),
        )
        for place, each in enumerate(named)
    ]


def _draw(name: str, bars: list[Bar], caption: str, *, note: str = "", template: str = "bars") -> Drawing:
    context: dict[str, Any] = {"bars": bars, "caption": caption, "note": note}
    context |= {"width": WIDTH, "height": HEIGHT, "base": BASE, "left": LEFT, "right": WIDTH - LEFT}
    return Drawing(name, render_to_string(f"reporting/dashboard/{template}.svg", context), WIDTH, HEIGHT, caption)


def _spread_words(found: Spread | None) -> str:
    if found is None:
        return ""
    return _("一半在 %(p50)s 天内，四分之三在 %(p75)s 天内，九成在 %(p90)s 天内") % {
        "p50": f"{found.p50:g}",
        "p75": f"{found.p75:g}",
        "p90": f"{found.p90:g}",
    }
