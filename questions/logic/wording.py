"""A condition in words, for readers of a page that shows all of its questions (without script)."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from questions.logic.expressions import Node

Label = Callable[[str, str], str]
"""Gives the label of a question, or of its choice where the second text is not empty."""


def words_of(node: Node, label: Label) -> str:
    """Say what an expression asks: ``“住在哪里”是“农村”``."""
    if node.kind in JOINED:
        joined = _("，并且") if node.kind == "and" else _("，或者")
        return joined.join(_part(part, node.kind, label) for part in node.parts)
    if node.kind == "not":
        return _("不是（%s）") % words_of(node.parts[0], label)
    if node.kind == "selected":
        return _("%(question)s选了“%(choice)s”") % _pair(node.parts, label)
    if node.kind in SIGNS:
        return str(SIGNS[node.kind]()) % _pair(node.parts, label)
    return _operand(node, label)


def _part(node: Node, within: str, label: Label) -> str:
    """An “and” within an “or”, or the other way round, stands in brackets."""
    words = words_of(node, label)
    return _("（%s）") % words if node.kind in JOINED and node.kind != within else words


def _pair(parts: tuple[Node, ...], label: Label) -> Mapping[str, str]:
    left, right = parts
    of = str(left.value) if left.kind == "ref" else ""
    return {"question": _operand(left, label), "choice": _operand(right, label, of)}


def _operand(node: Node, label: Label, of: str = "") -> str:
    if node.kind == "ref":
        return _("“%s”") % label(str(node.value), "")
    if node.kind == "value":
        said = f"{node.value:g}" if isinstance(node.value, float) else str(node.value)
        return label(of, said) if of else said
    if node.kind == "count-selected":
        return _("%s选的项数") % _operand(node.parts[0], label)
    if node.kind == "string-length":
        return _("%s的字数") % _operand(node.parts[0], label)
    return "" if node.kind == "self" else words_of(node, label)


JOINED = ("and", "or")
SIGNS: Mapping[str, Callable[[], str]] = {
    "=": lambda: _("%(question)s是“%(choice)s”"),
    "!=": lambda: _("%(question)s不是“%(choice)s”"),
    "<": lambda: _("%(question)s小于 %(choice)s"),
    "<=": lambda: _("%(question)s不大于 %(choice)s"),
    ">": lambda: _("%(question)s大于 %(choice)s"),
    ">=": lambda: _("%(question)s不小于 %(choice)s"),
}
