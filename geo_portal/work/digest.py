"""The daily digest's lines about what waits: the same things in the same order as `/work/`, with a link to each."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.notices import links
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
    pressing = [group for group in found.groups if group.span in (Span.OVERDUE, Span.SOON)]
    lines = [line for group in pressing for line in _of_group(group)]
    rest = found.counts.total - sum(len(group.rows[:TITLES_SHOWN]) for group in pressing)
    if rest:
        lines.append(ngettext("另有 %d 件等您处理。", "另有 %d 件等您处理。", rest) % rest)
    return lines


def _of_group(group: Group) -> Iterable[str]:
    title = _("法定期限，%s") % group.title if group.law else group.title
    yield _("%(title)s %(total)d 件：") % {"title": title, "total": group.total}
    yield from (_line(row) for row in group.rows[:TITLES_SHOWN])


def _line(row: Row) -> str:
    day = date_format(row.due_on) if row.due_on else ""
    lead = row.lead or row.item
    title = lead.title if lead is row.item else f"{lead.title} {row.item.title}"
    more = _("（共 %d 项）") % len(row.members) if row.members else ""
    return f"· {day} {row.kind_title}：{title}{more} {links.absolute(lead.url)}"
