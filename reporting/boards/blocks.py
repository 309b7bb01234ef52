"""The blocks that a board is made of: what kinds there are and what each needs. Checked wherever they come from."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput, FieldError

KINDS: dict[str, Any] = {
    "text": gettext_lazy("文字"),
    "figure": gettext_lazy("数字"),
    "bars": gettext_lazy("各区域柱图"),
    "line": gettext_lazy("走势"),
    "multiples": gettext_lazy("各区域小图"),
    "map": gettext_lazy("地图"),
    "table": gettext_lazy("表格"),
    "plans": gettext_lazy("计划对照表"),
    "warnings": gettext_lazy("预警"),
    "matters": gettext_lazy("意见建议"),
    "projects": gettext_lazy("民生实事项目"),
    "documents": gettext_lazy("新入库的文件"),
    "boards": gettext_lazy("其他看板"),
}
OVER_ONE = ("figure", "bars", "line", "multiples", "map")
OVER_MANY = ("table", "plans")
MOST_BLOCKS = 24
MOST_TEXT = 1000
MOST_TITLE = 60
MOST_COLUMNS = 8
FILLED, CIRCLES = "filled", "circles"
FORMS = ((FILLED, gettext_lazy("区域填色")), (CIRCLES, gettext_lazy("圆的大小")))
"""How a map shows areas; points and features are circles always."""
METHODS = (("natural", gettext_lazy("自然间断")), ("quantile", gettext_lazy("分位数")))


def check_blocks(given: Any, codes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return blocks with known fields only; `codes` are the indicators. Raises BadInput that names the block."""
    if not isinstance(given, list) or len(given) > MOST_BLOCKS:
        raise _fault(_("一块看板最多 %d 块内容。") % MOST_BLOCKS)
    return [_check(number, block, codes) for number, block in enumerate(given, start=1)]


def _check(number: int, block: Any, codes: Mapping[str, Any]) -> dict[str, Any]:
    kind = block.get("kind") if isinstance(block, dict) else None
    if kind not in KINDS:
        raise _fault(_("第 %d 块：请选一种内容。") % number)
    title, text = (str(block.get(name) or "").strip() for name in ("title", "text"))
    if len(title) > MOST_TITLE or len(text) > MOST_TEXT:
        raise _fault(_("第 %d 块：文字太长。") % number)
    if kind == "text" and not text:
        raise _fault(_("第 %d 块：请写文字。") % number)
    checked: dict[str, Any] = {"kind": kind, "title": title, "wide": bool(block.get("wide"))}
    if text:
        checked["text"] = text
    if kind in OVER_ONE or kind in OVER_MANY:
        checked["indicators"] = _indicators(number, kind, block.get("indicators"), codes)
    if kind == "map":
        method = block.get("method") or "natural"
        if method not in dict(METHODS):
            raise _fault(_("第 %d 块：没有这种分级方法。") % number)
        checked["method"] = method
        form = block.get("form") or FILLED
        if form not in dict(FORMS):
            raise _fault(_("第 %d 块：地图没有这种画法。") % number)
        if form != FILLED:
            checked["form"] = form
    return checked


def _indicators(number: int, kind: str, given: Any, codes: Mapping[str, Any]) -> list[str]:
    asked = [str(code) for code in given] if isinstance(given, list | tuple) else []
    if not asked:
        raise _fault(_("第 %d 块：请选指标。") % number)
    if unknown := [code for code in asked if code not in codes]:
        raise _fault(_("第 %(number)d 块：没有指标“%(code)s”。") % {"number": number, "code": unknown[0][:40]})
    if len(asked) > (1 if kind in OVER_ONE else MOST_COLUMNS):
        raise _fault(_("第 %d 块：指标太多。") % number)
    return asked


def _fault(message: str) -> BadInput:
    return BadInput(message, code="bad-block", errors=[FieldError("blocks", "bad-block", message)])


def codes_of(blocks: list[dict[str, Any]]) -> list[str]:
    """The indicators that these blocks show, each once."""
    return list(dict.fromkeys(code for block in blocks for code in block.get("indicators", ())))
