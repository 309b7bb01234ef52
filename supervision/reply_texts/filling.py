"""Placeholders of reply texts, and what each becomes for a matter. No names and no phone numbers of people."""

import re
from collections.abc import Callable, Mapping

from django.utils import timezone

from supervision.matters.models import Suggestion
from ui.many_rows.cells import day_text

PLACEHOLDER = re.compile(r"\{\s*([^{}\s]{1,20})\s*\}")


def _place(matter: Suggestion) -> str:
    return matter.source.where if matter.source else ""


NAMES: Mapping[str, Callable[[Suggestion], str]] = {
    "编号": lambda matter: matter.number,
    "题目": lambda matter: matter.title,
    "类别": lambda matter: str(matter.get_category_display()),
    "镇街": lambda matter: matter.area.name if matter.area else "",
    "地点": _place,
    "主办单位": lambda matter: matter.department.name if matter.department else "",
    "监督电话": lambda matter: matter.department.phone if matter.department else "",
    "提出日期": lambda matter: day_text(timezone.localdate(matter.submitted_at)),
    "答复期限": lambda matter: day_text(matter.due_on),
    "今天": lambda _matter: day_text(timezone.localdate()),
}
"""What a text may name in braces: {编号}."""


def unknown_names(text: str) -> list[str]:
    """Return the placeholders of a text that stand for nothing, each once.

    >>> unknown_names("{编号}的{题 目}和{负责人}{负责人}")
    ['负责人']
    """
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in NAMES]


def filled(text: str, matter: Suggestion) -> str:
    """Return a text with the facts of `matter` in the place of its placeholders."""
    return PLACEHOLDER.sub(lambda found: NAMES[found[1]](matter) if found[1] in NAMES else found[0], text)
