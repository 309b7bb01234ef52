"""The daily digest's lines about what waits: counts by kind, the overdue and the soon due named first."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.notices.signals import gathering_digest
from geo_portal.work.inbox import Choice, Group, Row, Span, look

TITLES_SHOWN = 8


def listen() -> None:
    """Have the digest say what the inbox says."""
    gathering_digest.connect(lines_for, sender=User, dispatch_uid="digest:inbox")


def lines_for(user: Any, today: date, **kwargs: Any) -> list[str]:
    """What is overdue and what is due within seven days, with titles; then how much else waits."""
    found = look(user, Choice(), today)
    if not found.everything:
        return []
    lines = [line for group in found.groups for line in _of_group(group)]
    rest = found.counts.later + found.counts.none
    if rest:
        lines.append(ngettext("另有 %d 件等您处理。", "另有 %d 件等您处理。", rest) % rest)
    return lines


def _of_group(group: Group) -> Iterable[str]:
    if group.span not in (Span.OVERDUE, Span.SOON):
        return
    yield _("%(title)s %(total)d 件：") % {"title": group.title, "total": group.total}
    yield from (_line(row) for row in group.rows[:TITLES_SHOWN])


def _line(row: Row) -> str:
    day = date_format(row.due_on) if row.due_on else ""
    return f"· {day} {row.kind_title}：{row.item.title}"
