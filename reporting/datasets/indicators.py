"""Definitions of indicators as rows: what each counts, for which places and periods, and where its values come from."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import YES_NO, day_cell, department_of, number_cell, parse_whole, yes_no_cell
from accounts.loads.together import by_code
from accounts.permissions import Asker
from geokit.refusal import refuse
from layers.models import Layer
from reporting.indicators.models import FEATURE, LEVELS, Indicator
from reporting.indicators.periods import KIND_NAMES
from reporting.indicators.services import save_indicator
from ui.sheet_rows import choice_value, optional_text, parse_day, required_text
from ui.sheets import SheetRow

CHOICES: dict[str, Any] = {
    "direction": Indicator.Direction.choices,
    "period_kind": KIND_NAMES,
    "level": LEVELS,
    "total": Indicator.Total.choices,
    "way": Indicator.Way.choices,
}
TEXTS = {"title": 60, "about": 300, "unit": 20, "source": 120, "formula": 300, "figure": 60}
"""Columns of text with the most characters of each."""
NUMBERS = {"decimals": 6, "minimum": 2**31 - 1, "due_days": 400}
"""Columns of whole numbers with the largest of each."""
MARKS = ("is_public", "is_invented")

COLUMNS = (
    Column("code", _("代码"), "pm25", needed=True, help=_("小写字母、数字和下划线，公式里用它。")),
    Column("title", _("名称"), "PM2.5", needed=True, aliases=("指标",)),
    Column("about", _("口径"), ""),
    Column("unit", _("单位"), "μg/m³"),
    Column("direction", _("方向"), _("越低越好"), choices=tuple(CHOICES["direction"])),
    Column("department", _("报送单位"), "ecology", help=_("部门的代码、名称或简称。")),
    Column("period_kind", _("周期"), _("月"), needed=True, choices=tuple(CHOICES["period_kind"])),
    Column("level", _("层级"), _("镇街"), needed=True, choices=tuple(CHOICES["level"])),
    Column("layer", _("图层"), "", help=_("层级是图层要素时写图层的代码；图层要先导入。")),
    Column("total", _("合计方法"), _("不合计，取中位数"), choices=tuple(CHOICES["total"])),
    Column("decimals", _("小数位"), "0"),
    Column("minimum", _("最小样本"), "0"),
    Column("is_public", _("公开"), _("否"), choices=YES_NO),
    Column("source", _("来源"), ""),
    Column("way", _("取值方式"), _("表格、接口或页面报送"), choices=tuple(CHOICES["way"])),
    Column("formula", _("公式"), ""),
    Column("figure", _("平台指标"), "", help=_("平台自动计算的指标，或监测项目的代码。")),
    Column("due_days", _("应报天数"), "10"),
    Column("closed_before", _("封账日期"), ""),
    Column("is_invented", _("演示数据"), _("否"), choices=YES_NO),
)
HEADS = {column.name: column.head for column in COLUMNS}


def indicators() -> QuerySet[Indicator]:
    return Indicator.objects.select_related("department", "layer").order_by("code")


def that_leave() -> QuerySet[Indicator]:
    """Those that another instance can define: layers are no dataset, so what is about their features stays."""
    return indicators().exclude(level=FEATURE)


def find(row: SheetRow) -> Indicator | None:
    return indicators().filter(code=row["code"]).first()


def write(actor: Asker, row: GivenRow) -> Indicator:
    """Define an indicator, or change what the row says of it. Raises Refusal."""
    known, facts = find(row), _facts(row)
    if known is not None and all(getattr(known, name) == value for name, value in facts.items()):
        return known
    code = required_text(row, "code", HEADS, 40)
    return save_indicator(actor, code, facts)


def _facts(row: GivenRow) -> dict[str, Any]:
    """What the row has columns for; an empty cell of an optional column is its default."""
    facts: dict[str, Any] = {}
    for column, most in TEXTS.items():
        if column in row:
            read = required_text if column == "title" else optional_text
            facts[column] = read(row, column, HEADS, most)
    for column, choices in CHOICES.items():
        if row[column]:
            facts[column] = choice_value(row, column, choices, HEADS)
    for column, most in NUMBERS.items():
        if row[column]:
            facts[column] = parse_whole(row, column, HEADS, least=0, most=most)
    for column in MARKS:
        if row[column]:
            facts[column] = choice_value(row, column, YES_NO, HEADS) == "yes"
    return facts | _named(row)


def _named(row: GivenRow) -> dict[str, Any]:
    """Department, layer and days: what may be empty and then is none."""
    facts: dict[str, Any] = {}
    if "department" in row:
        facts["department"] = department_of(row)
    if "layer" in row:
        facts["layer"] = _layer(row)
    if "closed_before" in row:
        facts["closed_before"] = parse_day(row, "closed_before") if row["closed_before"] else None
    if "due_days" in row and not row["due_days"]:
        facts["due_days"] = None
    return facts


def _layer(row: GivenRow) -> Layer | None:
    if not row["layer"]:
        return None
    layer = Layer.objects.filter(slug=row["layer"]).first()
    if layer is None:
        raise refuse("layer", "unknown", gettext("没有代码为“%s”的图层。") % row["layer"][:60])
    return layer


def cells(indicator: Indicator) -> dict[str, str]:
    texts = ("code", *TEXTS, *CHOICES)
    return {
        **{name: str(getattr(indicator, name)) for name in texts},
        **{name: number_cell(getattr(indicator, name)) for name in NUMBERS},
        **{name: yes_no_cell(getattr(indicator, name)) for name in MARKS},
        "department": indicator.department.code if indicator.department else "",
        "layer": indicator.layer.slug if indicator.layer else "",
        "closed_before": day_cell(indicator.closed_before),
    }


INDICATORS = Dataset(
    slug="indicators",
    title=_("指标定义"),
    about=_("监督看板的指标：算什么、按什么区域和周期、谁报送、怎么合计。先有定义，才能导入指标数据；定义不能删除。"),
    columns=COLUMNS,
    key=("code",),
    rows=indicators,
    find=find,
    write=write,
    find_many=by_code(indicators),
    cells=cells,
    leaves=that_leave,
    areas=lambda indicator: [None],
)
