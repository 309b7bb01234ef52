"""Writes of the desk: a column, its agenda, its documents. Each is one transaction and one audit entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import NotPermitted, StaleEdit, refuse
from ledger import audit
from meetings.agenda.models import AgendaItem, Meeting, MeetingDocument
from meetings.agenda.permissions import keeps_desk
from papers.models import CongressSession
from papers.register.permissions import is_staff_for
from ui.field_checks import check_fields

MOST_ITEMS = 200
MOST_DOCUMENTS = 100


@transaction.atomic
def open_column(user: User, session: CongressSession, **values: Any) -> Meeting:
    """Open the column of a session. Raises NotPermitted, BadInput."""
    if not is_staff_for(user, session.congress):
        raise NotPermitted(_("会议专栏由本级人大工作人员开设。"))
    if Meeting.objects.filter(session=session).exists():
        raise refuse("session", "opened-already", _("这次会议的专栏已经开设。"))
    meeting = Meeting(session=session, **values)
    check_fields(meeting, "bad-meeting")
    meeting.save()
    audit.record(user, "meeting-opened", meeting)
    return meeting


@transaction.atomic
def save_meeting(user: User, meeting_id: int, version: int, values: Mapping[str, Any]) -> Meeting:
    """Change what stands at the head of a column. Raises NotPermitted, StaleEdit, BadInput."""
    meeting = _locked_meeting(user, meeting_id)
    _require_version(meeting.version, version)
    changed = _set(meeting, values)
    check_fields(meeting, "bad-meeting")
    meeting.version += 1
    meeting.save()
    audit.record(user, "meeting-changed", meeting, fields=changed)
    return meeting


@transaction.atomic
def add_item(user: User, meeting_id: int, **values: Any) -> AgendaItem:
    """Put an item on the agenda. Raises NotPermitted, BadInput."""
    meeting = _locked_meeting(user, meeting_id)
    if meeting.items.count() >= MOST_ITEMS:
        raise refuse("title", "too-many", _("议程最多 %d 项。") % MOST_ITEMS)
    item = AgendaItem(meeting=meeting, **values)
    _check_item(item)
    item.save()
    audit.record(user, "agenda-item-added", item, meeting=meeting.pk)
    return item


@transaction.atomic
def save_item(user: User, item_id: int, version: int, values: Mapping[str, Any]) -> AgendaItem:
    """Change an item, or write what came of it. Raises NotPermitted, StaleEdit, BadInput.

    Its day, its group and that one signs in stay once somebody was there: who was, and who was not, is said of these.
    """
    item = _locked_item(user, item_id)
    _require_version(item.version, version)
    day = timezone.localdate(item.starts_at)
    changed = _set(item, values)
    fixed = {"group", "takes_sign_in"} | ({"starts_at"} if timezone.localdate(item.starts_at) != day else set())
    if (wrong := sorted(fixed & set(changed))) and item.presence.exclude(verb="excused").exists():
        words = _("已经有人签到，日期、代表小组和是否签到不能再改；改期的请另加一项。")
        raise refuse(wrong[0], "has-presence", words)
    _check_item(item)
    item.version += 1
    item.save()
    audit.record(user, "agenda-item-changed", item, fields=changed)
    return item


@transaction.atomic
def remove_item(user: User, item_id: int, version: int) -> None:
    """Take an item off the agenda; not one that somebody has signed in to or that has documents.

    Raises NotPermitted, StaleEdit, BadInput.
    """
    item = _locked_item(user, item_id)
    _require_version(item.version, version)
    if item.presence.exists():
        raise refuse("", "has-presence", _("已经有人签到，不能删除；可以写明结果。"))
    if item.documents.exists():
        raise refuse("", "has-documents", _("这一项下还有文件，请先移走文件。"))
    audit.record(user, "agenda-item-removed", item, title=item.title, meeting=item.meeting_id)
    item.delete()


@transaction.atomic
def add_document(user: User, meeting_id: int, **values: Any) -> MeetingDocument:
    """Have the session read a text of the library. Raises NotPermitted, BadInput."""
    meeting = _locked_meeting(user, meeting_id)
    if meeting.documents.count() >= MOST_DOCUMENTS:
        raise refuse("text", "too-many", _("会议文件最多 %d 份。") % MOST_DOCUMENTS)
    if meeting.documents.filter(text=values["text"]).exists():
        raise refuse("text", "added-already", _("这份文件已经在会议里。"))
    _check_until(meeting, values.get("comments_until"))
    document = MeetingDocument(meeting=meeting, **values)
    if document.item is not None and document.item.meeting_id != meeting.pk:
        raise refuse("item", "foreign-item", _("这一项不在这次会议的议程里。"))
    check_fields(document, "bad-document")
    document.save()
    audit.record(user, "meeting-document-added", document, meeting=meeting.pk)
    return document


def _check_until(meeting: Meeting, until: datetime | None) -> None:
    """Comments end about the time of the session; the edge of the calendar is no day that a database can give back."""
    session = meeting.session
    if until is not None and not session.opens_on.year - 1 <= until.year <= session.closes_on.year + 1:
        raise refuse("comments_until", "far-off", _("请填会议前后一年之内的日期。"))


@transaction.atomic
def remove_document(user: User, meeting_id: int, document_id: int) -> None:
    """Take a document away that nobody has commented. Raises NotPermitted, BadInput."""
    meeting = _locked_meeting(user, meeting_id)
    document = meeting.documents.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None:
        raise refuse("", "unknown-document", _("这份文件不在这次会议里。"))
    if document.comments.exists():
        raise refuse("", "has-comments", _("已经有代表提了意见，不能移走。"))
    audit.record(user, "meeting-document-removed", document, meeting=meeting.pk)
    document.delete()


def _locked_meeting(user: User, meeting_id: int) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("session__congress").get(pk=meeting_id)
    if not keeps_desk(user, meeting):
        raise NotPermitted(_("会议专栏由本级人大工作人员管理。"))
    return meeting


def _locked_item(user: User, item_id: int) -> AgendaItem:
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__session__congress")
    found = item.get(pk=item_id)
    if not keeps_desk(user, found.meeting):
        raise NotPermitted(_("议程由本级人大工作人员管理。"))
    return found


def _require_version(now: int, seen: int) -> None:
    if now != seen:
        raise StaleEdit(_("您打开页面后有人改过，请看过新的内容再保存。"))


def _set(row: Any, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return sorted(changed)


def _check_item(item: AgendaItem) -> None:
    """Refuse an item outside the days of its session, of another congress's group or vote."""
    session = item.meeting.session
    on = timezone.localdate(item.starts_at)
    if not session.opens_on <= on <= session.closes_on:
        words = {"opens": date_format(session.opens_on), "closes": date_format(session.closes_on)}
        raise refuse("starts_at", "outside-session", _("会议从 %(opens)s 开到 %(closes)s，请选其中的一天。") % words)
    if item.ends_at is not None and item.ends_at <= item.starts_at:
        raise refuse("ends_at", "before-start", _("结束要晚于开始。"))
    if item.group is not None and item.group.congress_id != session.congress_id:
        raise refuse("group", "foreign-group", _("“%s”是另一届人大的小组。") % item.group)
    if item.vote is not None and item.vote.congress_id != session.congress_id:
        raise refuse("vote", "foreign-vote", _("“%s”是另一届人大的票决。") % item.vote)
    check_fields(item, "bad-item")
