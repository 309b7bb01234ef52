"""Rules of warnings as rows: each wording that a rule has had, in its order.

A rule that comes this way is off, as every new one: it is tried on the past where it is to warn.
"""

import json
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.loads import Column, Dataset, GivenRow
from accounts.loads.cells import day_cell, department_of, parse_whole
from accounts.permissions import Asker
from geokit.refusal import refuse
from reporting.warnings.models import WarningRule, WarningRuleVersion
from reporting.warnings.rules import save_rule
from reporting.warnings.wording import read_wording
from ui.json_bodies import loads
from ui.sheet_rows import optional_text, parse_day, required_text
from ui.sheets import SheetRow

MOST_LETTERS = 8_000
MOST_VERSIONS = 10_000
EXAMPLE = '[{"kind": "limit", "indicator": "pm25", "beyond": "above", "value": 75}]'

COLUMNS = (
    Column("code", _("代码"), "pm25-high", needed=True),
    Column("number", _("版本"), "1", needed=True, help=_("从 1 起，一版一行。")),
    Column("title", _("名称"), _("PM2.5 偏高"), needed=True),
    Column("department", _("承办单位"), "ecology", help=_("部门的代码、名称或简称。")),
    Column("conditions", _("条件"), EXAMPLE, needed=True, help=_("JSON 列表，一条条件一个对象。")),
    Column("at_least", _("至少满足几条"), "1", help=_("留空表示全部满足。")),
    Column("effective_from", _("起算日期"), "2026-01-01", needed=True),
    Column("reason", _("理由"), ""),
)
HEADS = {column.name: column.head for column in COLUMNS}


def wordings() -> QuerySet[WarningRuleVersion]:
    return WarningRuleVersion.objects.select_related("rule__department").order_by("rule__code", "number")


def find(row: SheetRow) -> WarningRuleVersion | None:
    return wordings().filter(rule__code=row["code"], number=_number(row)).first()


def write(actor: Asker, row: GivenRow) -> WarningRuleVersion:
    """Give a rule its next wording; one that is there stays as it is. Raises Refusal."""
    known, facts = find(row), _facts(row)
    if known is not None:
        if _facts_of(known) != facts:
            raise refuse("number", "history", gettext("这一版规则已经有了，改动请另写一版。"))
        return known
    code, number = required_text(row, "code", HEADS, 40), _number(row)
    newest = WarningRule.objects.filter(code=code).values_list("version", flat=True).first() or 0
    if number != newest + 1:
        raise refuse("number", "out-of-order", gettext("这条规则的下一版是 %d。") % (newest + 1))
    save_rule(actor, code, **facts)
    return wordings().get(rule__code=code, number=number)


def _number(row: SheetRow) -> int:
    return parse_whole(row, "number", HEADS, least=1, most=MOST_VERSIONS)


def _facts(row: GivenRow) -> dict[str, Any]:
    at_least = parse_whole(row, "at_least", HEADS, least=1, most=100) if row["at_least"] else None
    wording = read_wording(_conditions(row), at_least)
    return {
        "title": required_text(row, "title", HEADS, 60),
        "department": department_of(row),
        "conditions": wording.conditions,
        "at_least": wording.at_least,
        "effective_from": parse_day(row, "effective_from"),
        "reason": optional_text(row, "reason", HEADS, 300),
    }


def _conditions(row: GivenRow) -> Any:
    try:
        return loads(required_text(row, "conditions", HEADS, MOST_LETTERS))
    except ValueError as error:
        raise refuse("conditions", "unreadable", gettext("“条件”不是可以读的 JSON。")) from error


def _facts_of(wording: WarningRuleVersion) -> dict[str, Any]:
    """The same of a wording that is there; title and department are the rule's as it is now."""
    return {
        "title": wording.rule.title,
        "department": wording.rule.department,
        "conditions": wording.conditions,
        "at_least": wording.at_least,
        "effective_from": wording.effective_from,
        "reason": wording.reason,
    }


def cells(wording: WarningRuleVersion) -> dict[str, str]:
    rule = wording.rule
    return {
        "code": rule.code,
        "number": str(wording.number),
        "title": rule.title,
        "department": rule.department.code if rule.department else "",
        "conditions": json.dumps(wording.conditions, ensure_ascii=False, sort_keys=True),
        "at_least": str(wording.at_least),
        "effective_from": day_cell(wording.effective_from),
        "reason": wording.reason,
    }


WARNING_RULES = Dataset(
    slug="warning-rules",
    title=_("预警规则"),
    about=_("监督看板的预警规则，一版一行。导入的规则先是停用的，用本地的数据试算之后再启用。"),
    columns=COLUMNS,
    key=("code", "number"),
    rows=wordings,
    find=find,
    write=write,
    cells=cells,
    areas=lambda wording: [None],
    lists_missing=False,
)
