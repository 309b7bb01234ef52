"""Blocks that list things of other rooms, as far as the reader may see them, narrowed to the area asked about."""

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import within
from library.documents.permissions import documents_visible_to
from projects.permissions import projects_visible_to
from reporting.boards.page import Block, Page
from reporting.boards.permissions import boards_visible_to
from reporting.observations.series import Series
from reporting.warnings.permissions import warnings_visible_to
from reporting.warnings.table import TABLE as WARNINGS
from supervision.permissions import suggestions_visible_to

MOST_ROWS = 8


def _narrowed(page: Page, rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.filter(within(page.choice.area, "area")) if page.choice.area is not None else rows


def warnings_of(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """Open warnings about the board's own indicators; all of them where it has none, or leads to the other boards."""
    rows = (
        _narrowed(page, warnings_visible_to(page.user))
        .filter(state__in=WARNINGS.in_group("open"))
        .select_related("rule", "area", "feature")
    )
    if page.series and not page.is_entrance:
        about = (Q(rule_version__conditions__contains=[{"indicator": code}]) for code in page.series)
        rows = rows.filter(reduce(or_, about))
    found = list(rows[: MOST_ROWS + 1])
    shown.links = [(one.get_absolute_url(), str(one), str(WARNINGS.label(one.state))) for one in found[:MOST_ROWS]]
    shown.url = reverse("boards:warnings")
    return shown if found else None


def matters_of(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """The newest matters of the year before what is asked about."""
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


def projects_of(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """Projects of the year that is asked about."""
    rows = _narrowed(page, projects_visible_to(page.user)).filter(year=page.choice.until.year)
    found = list(rows[:MOST_ROWS])
    shown.links = [(one.get_absolute_url(), one.name, one.get_status_display()) for one in found]
    shown.note = _("%d年") % page.choice.until.year
    return shown if found else None


def documents_of(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """The newest documents of the library, of those with the words of the block in title or subjects."""
    rows = documents_visible_to(page.user)
    for word in shown.text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(subjects__icontains=word))
    found = list(rows.order_by("-created_at", "code")[:MOST_ROWS])
    shown.links = [(one.get_absolute_url(), one.title, one.get_kind_display()) for one in found]
    shown.url, shown.text = reverse("library:list"), ""
    return shown if found else None


def boards_of(page: Page, shown: Block, series: list[Series], block: Mapping[str, Any]) -> Block | None:
    """Every other board that the reader may open."""
    rows = [one for one in boards_visible_to(page.user) if one.get_absolute_url() != page.path]
    shown.links = [(one.get_absolute_url(), one.title, one.about) for one in rows]
    return shown if rows else None
