"""Templates as data: each file of `catalogue/` is a board with its indicators and rules, set up by one press.

What is there already stays as it is; rules are off until somebody has tried them on the past and switches them on.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.permissions import Asker
from geokit.refusal import BadInput
from reporting.boards.blocks import codes_of
from reporting.boards.models import Board
from reporting.boards.services import save_board
from reporting.indicators.formulas import names_in
from reporting.indicators.models import Indicator
from reporting.indicators.services import save_indicator
from reporting.warnings.models import WarningRule
from reporting.warnings.rules import save_rule

CATALOGUE = Path(__file__).parent / "catalogue"


@dataclass(frozen=True, slots=True)
class Template:
    """A board as data."""

    slug: str
    title: str
    about: str
    department: str
    readers: str
    period_kind: str
    order: int
    indicators: tuple[dict[str, Any], ...]
    rules: tuple[dict[str, Any], ...]
    blocks: list[dict[str, Any]]


@cache
def templates() -> dict[str, Template]:
    """Every template by its name, in their order."""
    found = [_read(path) for path in sorted(CATALOGUE.glob("*.toml"))]
    return {one.slug: one for one in sorted(found, key=lambda one: one.order)}


def _read(path: Path) -> Template:
    data = tomllib.loads(path.read_text("utf-8"))
    return Template(
        slug=path.stem,
        indicators=tuple(data.pop("indicators", ())),
        rules=tuple(data.pop("rules", ())),
        **data,
    )


@transaction.atomic
def install(actor: Asker, slug: str, *, invented: bool = False, effective_from: date | None = None) -> Board:
    """Set up a template: indicators and rules that are not there yet, and the board. Raises NotPermitted, BadInput.

    `invented` marks the indicators as ones whose values are made up, which every page then says; rules judge periods
    from `effective_from` on, by itself from today.
    """
    template = templates().get(slug)
    if template is None:
        raise BadInput(_("没有这个模板。"), code="unknown")
    if Board.objects.filter(slug=slug).exists():
        raise BadInput(_("“%s”已经建好。") % template.title, code="taken")
    department = Department.objects.filter(code=template.department).first()
    known = set(Indicator.objects.values_list("code", flat=True))
    for code in _needed(template):
        if code not in known:
            _save_indicator(actor, code, invented=invented)
    for rule in template.rules:
        if not WarningRule.objects.filter(code=rule["code"]).exists():
            given_rule = {"at_least": None, "effective_from": effective_from} | rule
            save_rule(actor, department=department, **given_rule)
    return save_board(
        actor,
        slug,
        title=template.title,
        about=template.about,
        readers=template.readers,
        period_kind=template.period_kind,
        blocks=template.blocks,
        template=slug,
        order=template.order,
    )


def _needed(template: Template) -> list[str]:
    """Codes of its own indicators, and of those of other templates that its blocks show, each behind its parts."""
    found: dict[str, None] = {}

    def take(code: str) -> None:
        facts, _department = _definitions()[code]
        for part in names_in(facts.get("formula", "")) if facts.get("formula") else ():
            take(part)
        found[code] = None

    for code in (*(facts["code"] for facts in template.indicators), *codes_of(template.blocks)):
        take(code)
    return list(found)


def _save_indicator(actor: Asker, code: str, *, invented: bool) -> None:
    facts, department = _definitions()[code]
    columns = {name: value for name, value in facts.items() if name not in ("code", "invent")}
    given = facts.get("way", "given") == "given"
    delivers = Department.objects.filter(code=department).first() if given else None
    save_indicator(actor, code, columns | {"department": delivers, "is_invented": invented and given})


@cache
def _definitions() -> dict[str, tuple[dict[str, Any], str]]:
    """Every indicator of the catalogue by its code, with the department that delivers it."""
    return {facts["code"]: (facts, one.department) for one in templates().values() for facts in one.indicators}
