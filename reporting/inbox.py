"""Inbox of reporting: warnings to check, and confirmed ones whose values are back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.inbox import Item, Waiting, point_of
from accounts.permissions import Asker, leads_somewhere
from reporting.warnings.models import EarlyWarning
from reporting.warnings.permissions import warnings_visible_to
from reporting.warnings.table import TABLE, State
from reporting.warnings.workflow import place_words, say


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for those who decide about warnings."""
    if not leads_somewhere(user):
        return
    rows = warnings_visible_to(user).select_related("rule", "area", "feature")
    given: dict[str, Any] = {"show": _show, "area": "area", "search": ("rule__title", "area__name", "feature__name")}
    new = rows.filter(state=State.NEW)
    yield Waiting(kind="warnings", title=gettext_lazy("待核实的预警"), rows=new, due="due_on", **given)
    back = rows.filter(state=State.CONFIRMED, back_since__isnull=False)
    yield Waiting(kind="warnings-back", title=gettext_lazy("数值已恢复的预警"), rows=back, **given)


def _show(row: EarlyWarning) -> Item:
    state = TABLE.state(row.state)
    facts = (place_words(row), *(say(cause) for cause in row.causes[:2]), _("数值已恢复正常") if row.back_since else "")
    return Item(
        title=row.rule.title,
        url=row.get_absolute_url(),
        facts=facts,
        badge=str(state.label),
        tone=state.tone,
        place=point_of(row.place.point or row.area.point or row.area.geom),
    )
