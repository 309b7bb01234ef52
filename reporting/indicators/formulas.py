"""An indicator computed from others: `simpleeval` computes, and units and circles are checked here. No database.

A formula names indicators by their codes and knows numbers, ``+ - * /`` and parentheses: ``spent / budget * 100``.
"""

import ast
import operator
from collections import Counter
from collections.abc import Iterable, Mapping
from math import isfinite

from django.utils.translation import gettext as _
from simpleeval import InvalidExpression, SimpleEval

from geokit.refusal import BadInput, FieldError

MOST_CHARACTERS = 300
MOST_NODES = 60
LARGEST = 10**12
"""Beyond this a result is no figure of a district."""
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}
PURE = ("", "%", "‰")
"""Units of shares, which multiply away."""
_NODES = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Load, *OPERATORS)

type Unit = Counter[str]


def refused(message: str, code: str) -> BadInput:
    return BadInput(message, code=code, errors=[FieldError("formula", code, message)])


def parse(text: str) -> ast.Expression:
    """Return the syntax tree of a formula. Raises BadInput for what is too long or more than arithmetic."""
    if len(text) > MOST_CHARACTERS:
        raise refused(_("公式最多 %d 个字符。") % MOST_CHARACTERS, "formula-too-long")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refused(_("公式读不懂，请检查括号和运算符。"), "formula-unreadable") from None
    nodes = list(ast.walk(tree))
    if len(nodes) > MOST_NODES:
        raise refused(_("公式太复杂，请拆成几个指标。"), "formula-too-long")
    for node in nodes:
        if not isinstance(node, _NODES) or (isinstance(node, ast.Constant) and not _is_number(node.value)):
            raise refused(_("公式里只能有指标代码、数字、加减乘除和括号。"), "formula-not-arithmetic")
    return tree


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def names_in(text: str) -> list[str]:
    """Return the codes that a formula names, each once. Codes have ``_`` where a slug has ``-``."""
    found = [node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name)]
    return list(dict.fromkeys(found))


def compute(text: str, values: Mapping[str, float | None]) -> float | None:
    """Return what the formula gives; None ("no data") where a value is missing or something is divided by nothing.

    >>> compute("spent / budget * 100", {"spent": 30.0, "budget": 120.0}), compute("a / b", {"a": 1.0, "b": 0.0})
    (25.0, None)
    """
    if any(values.get(name) is None for name in names_in(text)):
        return None
    try:
        result = SimpleEval(operators=OPERATORS, functions={}, names=dict(values)).eval(text.strip())
    except (ZeroDivisionError, OverflowError):
        return None
    except InvalidExpression as error:
        raise refused(_("公式算不出来。"), "formula-unreadable") from error
    return float(result) if isfinite(result) and abs(result) <= LARGEST else None


def check_units(text: str, units: Mapping[str, str], wanted: str) -> None:
    """Raise BadInput where unlike units are added, or where the result has another unit than `wanted`."""
    unit = _unit(parse(text).body, units)
    if unit is None or (not unit and wanted in PURE) or _words(unit) == wanted:
        return
    names = {"found": _words(unit) or _("无单位"), "wanted": wanted or _("无单位")}
    raise refused(_("公式算出的单位是“%(found)s”，指标的单位是“%(wanted)s”，对不上。") % names, "unit-misfit")


def _unit(node: ast.AST, units: Mapping[str, str]) -> Unit | None:
    """The unit of a part as powers; None for a plain number, which takes any."""
    if isinstance(node, ast.Constant):
        return None
    if isinstance(node, ast.Name):
        return _powers(units[node.id])
    if isinstance(node, ast.UnaryOp):
        return _unit(node.operand, units)
    assert isinstance(node, ast.BinOp)  # noqa: S101 - `parse` lets nothing else through
    left, right = _unit(node.left, units), _unit(node.right, units)
    if isinstance(node.op, ast.Add | ast.Sub):
        if left is not None and right is not None and left != right:
            names = {"left": _words(left) or _("无单位"), "right": _words(right) or _("无单位")}
            raise refused(_("单位“%(left)s”和“%(right)s”不能相加减。") % names, "unit-misfit")
        return left if left is not None else right
    if left is None and right is None:
        return None
    factor = -1 if isinstance(node.op, ast.Div) else 1
    powers = Counter(left or {})
    for name, power in (right or {}).items():
        powers[name] += factor * power
    return Counter({name: power for name, power in powers.items() if power})


def _powers(unit: str) -> Unit:
    above, _slash, below = unit.partition("/")
    powers: Unit = Counter({above: 1}) if above not in PURE else Counter()
    if below:
        powers[below] -= 1
    return powers


def _words(unit: Unit) -> str:
    above = "·".join(name for name, power in sorted(unit.items()) for _each in range(max(0, power)))
    below = "·".join(name for name, power in sorted(unit.items()) for _each in range(max(0, -power)))
    return f"{above}/{below}" if below else above


def circle_in(code: str, needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the codes of a circle that leads from `code` back to it; empty where there is none.

    >>> circle_in("a", {"a": ["b"], "b": ["c"], "c": ["a"]}), circle_in("a", {"a": ["b"], "b": []})
    (['a', 'b', 'c', 'a'], [])
    """
    ways = [[code]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for need in needs.get(way[-1], ()):
            if need == code:
                return [*way, code]
            if need not in seen:
                seen.add(need)
                ways.append([*way, need])
    return []
