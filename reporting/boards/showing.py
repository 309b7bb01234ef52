"""A board for one reader, area and period: every block with its drawing, words and rows, read in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.levels import districts, of_area
from accounts.district import area_rows
from accounts.looking import looked_at
from accounts.models import Area
from accounts.permissions import NARROW, Asker
from reporting.boards import drawings, lists
from reporting.boards.blocks import CIRCLES, KINDS, codes_of
from reporting.boards.classes import classes_of
from reporting.boards.models import Board
from reporting.boards.page import Block, Page
from reporting.boards.selection import Choice
from reporting.indicators import periods
from reporting.indicators.models import FEATURE, POINT, Indicator
from reporting.indicators.permissions import indicators_visible_to
from reporting.observations.places import Place, places_of
from reporting.observations.queries import areas_of, newest_periods, oldest_periods, series_of
from reporting.observations.series import Series, Value

DRAWN = {"line": drawings.MOST_POINTS, "multiples": drawings.MOST_CELL_POINTS}
"""So many periods a block draws; all others one, and the same of the year before."""
MOST_BARS, MOST_CELLS, MOST_LINES = 20, 30, 200
"""So many points or features a block draws or lists; a layer may have thousands."""


def newest_day(user: Asker, blocks: list[dict[str, Any]], today: date) -> date:
    """The first day of the newest period that has a value for any block; today where there is none."""
    seen = indicators_visible_to(user).filter(code__in=codes_of(blocks))
    return max(newest_periods(seen, user).values(), default=today)


def oldest_day(user: Asker, blocks: list[dict[str, Any]], newest: date) -> date:
    """The first day of the oldest period that has a value for any block; the newest where there is none."""
    seen = indicators_visible_to(user).filter(code__in=codes_of(blocks))
    return min(oldest_periods(seen, user).values(), default=newest)


def show_board(user: Asker, board: Board, choice: Choice) -> list[Block]:
    """Return the blocks that `user` may see; a block whose indicators are none of hers is left out."""
    seen = list(
        indicators_visible_to(user)
        .filter(code__in=codes_of(board.blocks))
        .select_related("department", "layer__current_version")
    )
    page = Page(
        user=user,
        choice=choice,
        path=board.get_absolute_url(),
        series=series_of(seen, user=user, only=_periods_shown(user, board, seen, choice)),
        places=_places_shown(user, seen, choice.area),
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


def _places_shown(user: Asker, seen: Sequence[Indicator], chosen: Area | None) -> dict[str, Sequence[Place]]:
    """What the blocks draw, by indicator: of a district that is chosen its own areas, of any area its points."""
    areas = {level: list(_areas_shown(level, user, chosen)) for level in {one.level for one in seen if one.is_of_areas}}
    return {one.code: areas[one.level] if one.is_of_areas else places_of(one, user, chosen) for one in seen}


def _areas_shown(level: str, user: Asker, chosen: Area | None) -> QuerySet[Area]:
    """The areas that a block draws: of a district that is chosen its own."""
    areas = areas_of(level, user)
    return areas.filter(of_area(chosen, "pk")) if chosen is not None and chosen.level not in NARROW else areas


def _show(page: Page, block: Mapping[str, Any]) -> Block | None:
    series = [page.series[code] for code in block.get("indicators", ()) if code in page.series]
    if block.get("indicators") and not series:
        return None
    title = block.get("title") or (_title_of(series[0], block["kind"]) if series else str(KINDS[block["kind"]]))
    shown = Block(block["kind"], title, bool(block.get("wide")), text=block.get("text", ""))
    if series:
        shown.series = series[0]
    return SHOW[block["kind"]](page, shown, series, block)


def _title_of(series: Series, kind: str) -> str:
    """The indicator's title and what is drawn of it, so that three drawings of one indicator are told apart."""
    what = {
        "bars": _("从高到低"),
        "line": _("走势"),
        "multiples": _("逐个走势"),
        "map": _("地图"),
    }.get(kind)
    return f"{series.indicator.title}：{what}" if what else series.indicator.title


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
    is_sum = one.indicator.total == Indicator.Total.SUM
    if value.shown is not None and before.shown is not None and not (is_sum and not _is_whole(page, one, day)):
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


def _is_whole(page: Page, series: Series, day: date) -> bool:
    """Tell whether a sum can be held against that of the year before: its period is over, and the same places count."""
    before = periods.year_before(series.indicator.period_kind, day)
    return not _runs(series, day) and _handed_in(page, series, day) == _handed_in(page, series, before)


def _handed_in(page: Page, series: Series, day: date) -> set[int] | None:
    """The places with a value, of those that are put together; None where nobody hands them in, or for one alone."""
    if series.indicator.way != Indicator.Way.GIVEN or series.indicator.level == Area.Level.DISTRICT:
        return None
    if page.choice.area is not None and series.indicator.is_of_areas and page.choice.area.level in NARROW:
        return None
    return {place.pk for place in page.places_of(series) if series.at(place.pk, day).shown is not None}


def _out_of(page: Page, series: Series, day: date) -> str:
    """Of how many places values were handed in, where not of all: a sum of some is none of all."""
    known, places = _handed_in(page, series, day), page.places_of(series)
    if known is None or len(known) == len(places):
        return ""
    return _("；%(all)d 个中 %(known)d 个有数据") % {"all": len(places), "known": len(known)}


def _runs(series: Series, day: date) -> bool:
    """Tell whether a period is not over."""
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
        if indicator.is_of_areas and indicator.level != page.choice.area.level and page.choice.area.level in NARROW:
            return _("这个指标没有%s的数据") % page.choice.area.name
        many = "" if indicator.is_of_areas else f" · {_how_many(indicator)}"
        return f"{page.choice.area.name}{many} · {name}{_out_of(page, series, day)}"
    if indicator.level == Area.Level.DISTRICT:
        return f"{_('全区')} · {name}"
    return f"{_how_many(indicator)} · {name}{_out_of(page, series, day)}"


def _how_many(indicator: Indicator) -> str:
    """How the values of all places are put together, in words."""
    if indicator.total == Indicator.Total.WEIGHTED:
        return _("按分母加权")
    whole = indicator.total == Indicator.Total.SUM
    if indicator.level == POINT:
        return _("各点位合计") if whole else _("各点位中位数")
    if indicator.level == FEATURE:
        return _("各要素合计") if whole else _("各要素中位数")
    return _("各区域合计") if whole else _("各区域中位数")


def _bars(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    rows = [(area, one.at(area.pk, day)) for area in page.places_of(one)]
    drawn = _foremost(rows, MOST_BARS)
    shown.note = _period_words(one, day) + _said_of(drawn, rows)
    shown.svg = drawings.bars(drawn, one, page.rows_address(one), page.choice.area) if one.of_all(day) else ""
    shown.rows, shown.lists = _area_rows(one, day, rows), _behind(page, one, [area for area, _value in rows])
    return shown


def _foremost(rows: list[tuple[Place, Value]], most: int) -> list[tuple[Place, Value]]:
    """So many places with the largest values, where there are more."""
    if len(rows) <= most:
        return rows
    known = [row for row in rows if row[1].shown is not None]
    return sorted(known, key=lambda row: -(row[1].shown or 0))[:most]


def _said_of(drawn: Sequence[Any], all_of_them: Sequence[Any]) -> str:
    if len(drawn) == len(all_of_them):
        return ""
    return _("；数值最大的 %(shown)d 个，共 %(all)d 个") % {"shown": len(drawn), "all": len(all_of_them)}


def _area_rows(series: Series, day: date, rows: Sequence[tuple[Place, Value]]) -> list[list[Any]]:
    head = [
        place_head(series.indicator),
        f"{series.indicator.title}（{series.indicator.unit}）",
        _("计划"),
        _("分母"),
        _("期间"),
    ]
    text = periods.text_of(series.indicator.period_kind, day)
    return [
        head,
        *(
            [area.name, value.shown if value.enough else _("数据不足"), value.plan, value.whole, text]
            for area, value in rows
        ),
    ]


def _behind(page: Page, series: Series, places: Iterable[Place]) -> list[list[str]]:
    """What each row of `_area_rows` leads to: its value has rows of the indicator behind it."""
    address = page.rows_address(series)
    return [["", address(place)] for place in places]


def place_head(indicator: Indicator) -> str:
    """What the places of an indicator are called above a column."""
    return {POINT: _("点位"), FEATURE: _("要素")}.get(indicator.level, _("区域"))


def _line(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    values = page.values(one)
    day = page.period(one)
    # The sum of all towns has no place in the spread of single ones.
    is_sum = one.indicator.total == Indicator.Total.SUM and (page.choice.area is None or not one.indicator.is_of_areas)
    spread = one.indicator.level != Area.Level.DISTRICT and not is_sum
    shown.svg = drawings.line(one, values, day, spread=spread)
    middle = _("；灰带为各区域的中间一半") if one.indicator.is_of_areas else _("；灰带为全部点位或要素的中间一半")
    shown.note = _place_note(page, one, day) + (middle if spread else "")
    kind = one.indicator.period_kind
    shown.rows = [[_("期间"), one.indicator.title, _("计划")]]
    shown.rows += [[periods.text_of(kind, each), values[each].shown, values[each].plan] for each in sorted(values)]
    return shown


def _multiples(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    areas = page.places_of(one)
    drawn = [area for area, _value in _foremost([(area, one.at(area.pk, day)) for area in areas], MOST_CELLS)]
    rows = [
        (area, {each: one.at(area.pk, each) for each in one.periods if area.pk in one.of_all(each)}) for area in drawn
    ]
    shown.svg = drawings.multiples(rows, one, day, page.map_address(one))
    shown.note = _("截至%s，各图纵轴相同") % periods.name_of(one.indicator.period_kind, day) + _said_of(drawn, areas)
    shown.rows = _area_rows(one, day, [(area, one.at(area.pk, day)) for area in areas])
    shown.lists = _behind(page, one, areas)
    return shown


def _map(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    one = series[0]
    day = page.period(one)
    classes = classes_of(one.indicator, block.get("method", "natural"), page.user)
    unit = one.indicator.unit
    areas = page.places_of(one)
    circles = block.get("form") == CIRCLES or not one.indicator.is_of_areas
    drawn = (drawings.circle_map if circles else drawings.district_map)(
        one.of_all(day), areas, classes, shown.title,
        lambda area: f"{area.name} {drawings.number_text(one, one.at(area.pk, day))}{unit}",
        page.map_address(one), page.choice.area, user=page.user,
    )  # fmt: skip
    shown.svg = drawn
    shown.legend = drawings.legend(classes, one.indicator.decimals, circles=circles)
    shown.note = _period_words(one, day)
    shown.note += _("；圆越大、颜色越深，数值越大") if circles else _("；颜色越深，数值越大")
    if one.indicator.direction != Indicator.Direction.NONE:
        shown.note += f"（{one.indicator.get_direction_display()}）"
    if any(isinstance(area, Area) and area.is_schematic for area in areas):
        shown.note += _("；界线为示意")
    shown.rows = _area_rows(one, day, [(area, one.at(area.pk, day)) for area in areas])
    shown.lists = _behind(page, one, areas)
    return shown


def _table(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block:
    alike = [one for one in series if one.indicator.places_key == series[0].indicator.places_key]
    days = [page.period(one) for one in alike]
    shown.title = block.get("title") or (_("各区域一览") if series[0].indicator.is_of_areas else _("逐个一览"))
    heads = [
        f"{one.indicator.title}（{one.indicator.unit}）" if one.indicator.unit else one.indicator.title for one in alike
    ]
    shown.rows = [[place_head(series[0].indicator), *heads]]
    places = {place.pk: place for one in alike for place in page.places_of(one)}
    for place in list(places.values())[:MOST_LINES]:
        if page.choice.area in (None, place) or not isinstance(place, Area):
            values = [one.at(place.pk, day) for one, day in zip(alike, days, strict=True)]
            texts = [drawings.number_text(one, value) for one, value in zip(alike, values, strict=True)]
            shown.rows.append([place.name, *texts])
            shown.lists.append(["", *(page.rows_address(one)(place) for one in alike)])
    shown.note = _("、").join(dict.fromkeys(map(_period_words, alike, days)))
    if len(places) > MOST_LINES:
        shown.note += _("；列出 %(shown)d 个，共 %(all)d 个") % {"shown": MOST_LINES, "all": len(places)}
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


SHOW: dict[str, Any] = {
    "text": _text,
    "figure": _figure,
    "bars": _bars,
    "line": _line,
    "multiples": _multiples,
    "map": _map,
    "table": _table,
    "plans": _plans,
    "warnings": lists.warnings_of,
    "matters": lists.matters_of,
    "projects": lists.projects_of,
    "documents": lists.documents_of,
    "boards": lists.boards_of,
}
