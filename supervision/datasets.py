"""What this room holds of a district, as rows: who answers what, where (rules of routing without drawn zones)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.beside import own_district
from accounts.loads.cells import YES_NO, department_of, number_cell, parse_whole, town_of, yes_no_cell
from accounts.models import Area
from accounts.permissions import Asker
from supervision.findings.models import Category
from supervision.routing.models import ORDINARY, RoutingRule
from supervision.routing.services import delete_rule, save_rule
from ui.sheet_rows import choice_value
from ui.sheets import SheetRow

ANY = "any"
CATEGORIES = ((ANY, _("所有类别")), *Category.choices)

COLUMNS = (
    Column("category", _("类别"), _("所有类别"), needed=True, choices=CATEGORIES),
    Column("area", _("镇街"), _("全区"), help=_("镇街的代码或名称；写“全区”或留空表示全区。")),
    Column("department", _("主办单位"), "water", help=_("部门的代码、名称或简称；交镇街办理的留空。")),
    Column("to_town", _("交所在镇街办理"), _("否"), choices=YES_NO),
    Column("priority", _("优先级"), "100", help=_("数字小的先适用，一般为 100。")),
    Column("days", _("快办工作日"), "", help=_("小事快办的承诺工作日；留空按法定期限。")),
)
HEADS = {column.name: column.head for column in COLUMNS}
EVERYWHERE = ("全区", "whole district")


def _where(row: SheetRow) -> tuple[str, Any]:
    """Category (empty for any) and town (None for the whole instance) of a row. Raises BadInput.

    The whole district of a folder that is set up beside others is its own area.
    """
    category = choice_value(row, "category", CATEGORIES, HEADS)
    return "" if category == ANY else category, _area_of(row)


def _area_of(row: SheetRow) -> Any:
    if row["area"].lower() in EVERYWHERE:
        return own_district()
    district = Area.objects.filter(level=Area.Level.DISTRICT, code=row["area"]).first() if row["area"] else None
    return district or (town_of(row) if row["area"] else own_district())


def find_rule(row: SheetRow) -> RoutingRule | None:
    category, town = _where(row)
    rules = RoutingRule.objects.select_related("area", "department")
    return rules.filter(category=category, area=town, zone=None).first()


def write_rule(actor: Asker, row: GivenRow) -> RoutingRule:
    category, town = _where(row)
    known = find_rule(row)
    to_town = bool(row["to_town"]) and choice_value(row, "to_town", YES_NO, HEADS) == "yes"
    given: dict[str, Any] = {
        "category": category,
        "area": town,
        "zone": None,
        "zone_name": "",
        "department": department_of(row),
        "to_town": to_town,
        "priority": parse_whole(row, "priority", HEADS, least=1, most=10_000) if row["priority"] else ORDINARY,
        "days": parse_whole(row, "days", HEADS, least=1, most=400) if row["days"] else None,
        "is_active": True,
    }
    if known is not None and all(getattr(known, name) == value for name, value in given.items()):
        return known
    return save_rule(actor, known.pk if known else None, version=known.version if known else 0, **given)


def rule_cells(rule: RoutingRule) -> dict[str, str]:
    return {
        "category": rule.category or ANY,
        "area": rule.area.code if rule.area else "",
        "department": rule.department.code if rule.department else "",
        "to_town": yes_no_cell(rule.to_town),
        "priority": str(rule.priority),
        "days": number_cell(rule.days),
    }


def remove_rule(actor: Asker, rule: RoutingRule) -> None:
    delete_rule(actor, rule.pk, version=rule.version)


DATASETS = (
    Dataset(
        slug="routing",
        title=_("交办规则"),
        about=_("哪类事项交给谁办。至少要有一条“所有类别、全区”的规则，否则每件事都要等人大工作人员交办。"),
        columns=COLUMNS,
        key=("category", "area"),
        rows=lambda: RoutingRule.objects.filter(zone=None).select_related("area", "department"),
        find=find_rule,
        write=write_rule,
        cells=rule_cells,
        remove=remove_rule,
        is_needed=True,
    ),
)
