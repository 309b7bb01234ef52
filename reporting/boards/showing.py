"""A board for one reader, area and period: every block with its drawing, words and rows, read in a few queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.levels import districts, of_area
from accounts.district import area_rows
from accounts.looking import looked_at
from accounts.models import Area
from accounts.permissions import NARROW, Asker, within
from library.documents.permissions import documents_visible_to
from projects.permissions import projects_visible_to
from reporting.boards import drawings
from reporting.boards.blocks import KINDS, OVER_MANY, codes_of
from reporting.boards.classes import classes_of
from reporting.boards.models import Board
from reporting.boards.permissions import boards_visible_to
from reporting.boards.selection import Choice
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import indicators_visible_to
from reporting.observations.queries import Series, Value, areas_of, newest_periods, series_of, total_of
from reporting.warnings.permissions import warnings_visible_to
from reporting.warnings.table import TABLE as WARNINGS
from supervision.permissions import suggestions_visible_to

DRAWN = {"line": drawings.MOST_POINTS, "multiples": drawings.MOST_CELL_POINTS}
"""So many periods a block draws; all others one, and the same of the year before."""
MOST_ROWS = 8


@dataclass(slots=True)
class Block:
    """One block as the page shows it; `rows` are what a file has of it, the head first."""

    kind: str
    title: str
    wide: bool
    text: str = ""
    svg: str = ""
    note: str = ""
    series: Series | None = None
    number: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    tone: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    """Address, words and small words of things that a list names."""
    url: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it is told by its rows alone."""
        return self.kind in OVER_MANY


@dataclass(slots=True)
class Page:
    """Everything that a board draws from, read once."""

    user: Asker
    choice: Choice
    path: str
    series: Mapping[str, Series]
    areas: dict[str, list[Area]]
    district: Area | None
    is_entrance: bool = False
    """Whether the board leads to the others."""

    def address(self, area: Area) -> str:
        """Filter the board by an area; by the chosen one again: the whole district."""
        return f"{self.path}?{self.choice.query(area='' if area == self.choice.area else area.code)}"

    def rows_address(self, series: Series) -> Any:
        """Lead to the rows behind a bar."""
        url = reverse("boards:indicator", args=[series.indicator.code])
        return lambda area: f"{url}?area={area.code}"

    def period(self, series: Series) -> date:
        """The newest period of the indicator with a value that is not after what is asked about."""
        wanted = self.choice.period_of(series.indicator.period_kind)
        return series.newest(wanted) or wanted

    def of_level(self, level: str) -> list[Area]:
        return self.areas.get(level, [])

    def values(self, series: Series) -> dict[date, Value]:
        """The values of what is asked about: of the chosen area where it has its own, else of all areas together."""
        return {day: self.value(series, day) for day in series.periods}

    def value(self, series: Series, day: date) -> Value:
        area = self.choice.area
        level = series.indicator.level
        if area is not None and (area.level == level or area.level in NARROW):
            return series.at(area.pk, day)
        if area is None and level == Area.Level.DISTRICT and self.district is not None:
            return series.at(self.district.pk, day)
        shown = {one.pk for one in self.of_level(level)}
        return total_of(series.indicator, [value for key, value in series.of_all(day).items() if key in shown])


def newest_day(user: Asker, blocks: list[dict[str, Any]], today: date) -> date:
    """The first day of the newest period that has a value for any block; today where there is none."""
    seen = indicators_visible_to(user).filter(code__in=codes_of(blocks))
    return max(newest_periods(seen, user).values(), default=today)


def show_board(user: Asker, board: Board, choice: Choice) -> list[Block]:
    """Return the blocks that `user` may see; a block whose indicators are none of hers is left out."""
    seen = list(indicators_visible_to(user).filter(code__in=codes_of(board.blocks)).select_related("department"))
    levels = {indicator.level for indicator in seen}
    areas = {level: list(_areas_shown(level, user, choice.area)) for level in sorted(levels)}
    page = Page(
        user=user,
        choice=choice,
        path=board.get_absolute_url(),
        series=series_of(seen, user=user, only=_periods_shown(user, board, seen, choice)),
        areas=areas,
        is_entrance=any(block["kind"] == "boards" for block in board.blocks),
        district=looked_at(user) or (None if districts().several else area_rows().first()),
    )
    return [shown for block in board.blocks if (shown := _show(page, block)) is not None]


def _periods_shown(user: Asker, board: Board, seen: list[Indicator], choice: Choice) -> dict[int, list[date]]:
    """By indicator the periods that its blocks draw: the newest that is not after what is asked about, the same of the
    year before, and as many before it as a line or small drawings have."""
    back: dict[str, int] = defaultdict(lambda: 1)
    for block in board.blocks:
        for code in block.get("indicators", ()):
            back[code] = max(back[code], DRAWN.get(block["kind"], 1))
    newest = newest_periods(seen, user, choice.until)
    found: dict[int, list[date]] = {}
    for one in seen:
        if (last := newest.get(one.pk)) is not None:
            days = {periods.shift(one.period_kind, last, -step) for step in range(back[one.code])}
            found[one.pk] = sorted(days | {periods.year_before(one.period_kind, last)})
    return found


def _areas_shown(level: str, user: Asker, chosen: Area | None) -> QuerySet[Area]:
    """The areas that a block draws: of a district that is chosen its own."""
    areas = areas_of(level, user)
    return areas.filter(of_area(chosen, "pk")) if chosen is not None and chosen.level not in NARROW else areas


def _show(page: Page, block: Mapping[str, Any]) -> Block | None:
    series = [page.series[code] for code in block.get("indicators", ()) if code in page.series]
    if block.get("indicators") and not series:
        return None
    title = block.get("title") or (series[0].indicator.title if series else str(KINDS[block["kind"]]))
    shown = Block(block["kind"], title, bool(block.get("wide")), text=block.get("text", ""))
    if series:
        shown.series = series[0]
    return SHOW[block["kind"]](page, shown, series, block)


def _text(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    shown.title = block.get("title", "")
    shown.rows = [[shown.text]]
    return shown


def _figure(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    value = page.value(one, day)
    shown.number = drawings.number_text(one, value)
    shown.note = _place_note(page, one, day)
    if value.plan is not None:
        shown.facts.append((_("计划"), f"{drawings.number_text(one, value.plan)}{one.indicator.unit}"))
    before = page.value(one, periods.year_before(one.indicator.period_kind, day))
    unfinished = one.indicator.total == Indicator.Total.SUM and _runs(one, day)
    if value.shown is not None and before.shown is not None and not unfinished:
        change = value.shown - before.shown
        sign = "+" if change > 0 else ""
        points = _("个百分点") if one.indicator.unit == "%" else one.indicator.unit
        shown.facts.append((_("比去年同期"), f"{sign}{drawings.number_text(one, change)} {points}"))
        shown.tone = _tone(one.indicator, float(change))
    if value.whole is not None:
        shown.facts.append((_("分母"), f"{value.whole:,}"))
    shown.url = f"{reverse('boards:indicator', args=[one.indicator.code])}?{page.choice.query(period='')}"
    shown.rows = [[shown.title, _("单位"), _("期间"), _("分母")],
                  [value.shown if value.enough else shown.number, one.indicator.unit,
                   periods.text_of(one.indicator.period_kind, day), value.whole]]  # fmt: skip
    return shown


def _runs(series: Series, day: date) -> bool:
    """Tell whether a period is not over: its sum cannot be held against a whole one."""
    return periods.end_of(series.indicator.period_kind, day) >= timezone.localdate()


def _period_words(series: Series, day: date) -> str:
    return periods.name_of(series.indicator.period_kind, day) + (_("，还没有结束") if _runs(series, day) else "")


def _tone(indicator: Indicator, change: float) -> str:
    if not change or indicator.direction == Indicator.Direction.NONE:
        return ""
    return "ok" if (change > 0) == (indicator.direction == Indicator.Direction.UP) else "bad"


def _place_note(page: Page, series: Series, day: date) -> str:
    indicator = series.indicator
    name = _period_words(series, day)
    if page.choice.area is not None:
        if indicator.level != page.choice.area.level and page.choice.area.level in NARROW:
            return _("这个指标没有%s的数据") % page.choice.area.name
        return f"{page.choice.area.name} · {name}"
    if indicator.level == Area.Level.DISTRICT:
        return f"{_('全区')} · {name}"
    how = {"sum": _("各区域合计"), "weighted": _("按分母加权"), "none": _("各区域中位数")}[indicator.total]
    return f"{how} · {name}"


def _bars(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    rows = [(area, one.at(area.pk, day)) for area in page.of_level(one.indicator.level)]
    shown.note = _period_words(one, day)
    shown.svg = drawings.bars(rows, one, page.rows_address(one), page.choice.area) if one.of_all(day) else ""
    shown.rows = _area_rows(one, day, rows)
    return shown


def _area_rows(series: Series, day: date, rows: list[tuple[Area, Value]]) -> list[list[Any]]:
    head = [_("区域"), f"{series.indicator.title}（{series.indicator.unit}）", _("计划"), _("分母"), _("期间")]
    text = periods.text_of(series.indicator.period_kind, day)
    return [
        head,
        *(
            [area.name, value.shown if value.enough else _("数据不足"), value.plan, value.whole, text]
            for area, value in rows
        ),
    ]


def _line(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    values = page.values(one)
    day = page.period(one)
    spread = one.indicator.level != Area.Level.DISTRICT
    shown.svg = drawings.line(one, values, day, spread=spread)
    shown.note = _place_note(page, one, day) + (_("；灰带为各区域的中间一半") if spread else "")
    kind = one.indicator.period_kind
    shown.rows = [[_("期间"), one.indicator.title, _("计划")]]
    shown.rows += [[periods.text_of(kind, each), values[each].shown, values[each].plan] for each in sorted(values)]
    return shown


def _multiples(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    areas = page.of_level(one.indicator.level)
    rows = [
        (area, {each: one.at(area.pk, each) for each in one.periods if area.pk in one.of_all(each)}) for area in areas
    ]
    shown.svg = drawings.multiples(rows, one, day, page.address)
    shown.note = _("截至%s，各图纵轴相同") % periods.name_of(one.indicator.period_kind, day)
    shown.rows = _area_rows(one, day, [(area, one.at(area.pk, day)) for area in areas])
    return shown


def _map(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    classes = classes_of(one.indicator, block.get("method", "natural"), page.user)
    unit = one.indicator.unit
    areas = page.of_level(one.indicator.level)
    shown.svg = drawings.district_map(
        one.of_all(day), areas, classes, shown.title,
        lambda area: f"{area.name} {drawings.number_text(one, one.at(area.pk, day))}{unit}",
        page.address, page.choice.area,
    )  # fmt: skip
    shown.legend = drawings.legend(classes, one.indicator.decimals)
    shown.note = _period_words(one, day)
    if any(area.is_schematic for area in areas):
        shown.note += _("；界线为示意")
    shown.rows = _area_rows(one, day, [(area, one.at(area.pk, day)) for area in areas])
    return shown


def _table(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    level = series[0].indicator.level
    alike = [one for one in series if one.indicator.level == level]
    days = [page.period(one) for one in alike]
    shown.title = block.get("title") or _("各区域一览")
    heads = [
        f"{one.indicator.title}（{one.indicator.unit}）" if one.indicator.unit else one.indicator.title for one in alike
    ]
    shown.rows = [[_("区域"), *heads]]
    for area in page.of_level(level):
        if page.choice.area in (None, area):
            values = [one.at(area.pk, day) for one, day in zip(alike, days, strict=True)]
            texts = [drawings.number_text(one, value) for one, value in zip(alike, values, strict=True)]
            shown.rows.append([area.name, *texts])
    shown.note = _("、").join(dict.fromkeys(map(_period_words, alike, days)))
    return shown


def _plans(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    """A row for each indicator: its value, its plan, the share of it that is done, and the year before."""
    shown.title = block.get("title") or str(KINDS["plans"])
    shown.rows = [[_("统计指标"), _("单位"), _("数值"), _("计划"), _("完成"), _("去年同期")]]
    for one in series:
        day = page.period(one)
        value = page.value(one, day)
        before = page.value(one, periods.year_before(one.indicator.period_kind, day))
        done = value.shown / value.plan * 100 if value.shown is not None and value.plan else None
        numbers = [drawings.number_text(one, number) for number in (value, value.plan, before)]
        shown.rows.append([one.indicator.title, one.indicator.unit, *numbers[:2],
                           "" if done is None else f"{done:.0f}%", numbers[2]])  # fmt: skip
    shown.note = _place_note(page, series[0], page.period(series[0]))
    return shown


def _narrowed(page: Page, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(within(page.choice.area, "area")) if page.choice.area is not None else rows


def _warnings(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """Open warnings about the board's own indicators; all of them where it has none, or leads to the other boards."""
    rows = _narrowed(page, warnings_visible_to(page.user)).filter(state__in=TABLE_OPEN).select_related("rule", "area")
    if page.series and not page.is_entrance:
        about = (Q(rule_version__conditions__contains=[{"indicator": code}]) for code in page.series)
        rows = rows.filter(reduce(or_, about))
    found = list(rows[: MOST_ROWS + 1])
    shown.links = [(one.get_absolute_url(), str(one), str(WARNINGS.label(one.state))) for one in found[:MOST_ROWS]]
    shown.url = reverse("boards:warnings")
    return shown if found else None


TABLE_OPEN = WARNINGS.in_group("open")


def _matters(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    rows = _narrowed(page, suggestions_visible_to(page.user)).exclude(state="merged")
    rows = rows.filter(
        submitted_at__date__lte=page.choice.until, submitted_at__date__gt=page.choice.until - timedelta(days=366)
    )
    found = list(rows[: MOST_ROWS + 1])
    shown.links = [
        (reverse("supervision:suggestion", args=[one.number]), one.title, one.get_state_display())
        for one in found[:MOST_ROWS]
    ]
    shown.note = _("近一年，最新的 %d 件") % min(len(found), MOST_ROWS)
    return shown if found else None


def _projects(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    rows = _narrowed(page, projects_visible_to(page.user)).filter(year=page.choice.until.year)
    found = list(rows[:MOST_ROWS])
    shown.links = [(one.get_absolute_url(), one.name, one.get_status_display()) for one in found]
    shown.note = _("%d年") % page.choice.until.year
    return shown if found else None


def _documents(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """The newest documents of the library, of those with the words of the block in title or subjects."""
    rows = documents_visible_to(page.user)
    for word in shown.text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(subjects__icontains=word))
    found = list(rows.order_by("-created_at", "code")[:MOST_ROWS])
    shown.links = [(one.get_absolute_url(), one.title, one.get_kind_display()) for one in found]
    shown.url, shown.text = reverse("library:list"), ""
    return shown if found else None


def _boards(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    rows = [one for one in boards_visible_to(page.user) if one.get_absolute_url() != page.path]
    shown.links = [(one.get_absolute_url(), one.title, one.about) for one in rows]
    return shown if rows else None


SHOW: dict[str, Any] = {
    "text": _text,
    "figure": _figure,
    "bars": _bars,
    "line": _line,
    "multiples": _multiples,
    "map": _map,
    "table": _table,
    "plans": _plans,
    "warnings": _warnings,
    "matters": _matters,
    "projects": _projects,
    "documents": _documents,
    "boards": _boards,
}
