"""Signing in and correcting it. A deputy signs in herself; the staff write for others, and not for themselves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import Membership, User
from geokit.refusal import BadInput, NotPermitted, refuse
from meetings.agenda.models import AgendaItem, Meeting
from meetings.agenda.permissions import keeps_desk, seat_in
from meetings.presence.models import PRESENT, PresenceEvent
from meetings.presence.queries import expected
from ui.field_checks import check_fields

Verb = PresenceEvent.Verb
OPEN_ENDED = timedelta(hours=6)
"""How long a sitting takes sign-ins whose end is not on the agenda."""


def item_of(code: str) -> AgendaItem:
    """Return the sitting of a printed code. Raises BadInput (``unknown-code``)."""
    known = AgendaItem.objects.select_related("meeting__session__congress__area", "group")
    bare = "".join(code.split()).lower()
    found = known.filter(code=bare).first() if bare and len(bare) <= 12 and "\0" not in bare else None
    if found is None:
        raise refuse("code", "unknown-code", _("没有这个签到码，请看清会场门口的码。"))
    return found


def sign_in_here(user: User, meeting: Meeting, code: str) -> PresenceEvent:
    """Sign in by a code that was typed on the page of a session. Raises BadInput, also for another session's code."""
    item = item_of(code)
    if item.meeting_id != meeting.pk:
        raise refuse("code", "other-session", _("这是“%s”的签到码，不是这次会议的。") % item.meeting)
    return sign_in(user, item)


@transaction.atomic
def sign_in(user: User, item: AgendaItem, at: datetime | None = None) -> PresenceEvent:
    """Sign in oneself. Raises BadInput: not a deputy of it, not open, signed in already, corrected."""
    now = at or timezone.now()
    seat = seat_in(user, item.meeting)
    if seat is None or not expected(item).filter(pk=seat.pk).exists():
        raise refuse("code", "not-of-session", _("您不在“%s”应到的代表里。") % item)
    _require_open(item, now)
    last = _locked_last(item, seat)
    if last is not None and last.verb in PRESENT:
        on = date_format(timezone.localtime(last.at), "TIME_FORMAT")
        raise refuse("code", "signed-in-already", _("您已于 %s 签到，不用再签。") % on)
    if last is not None and last.verb == Verb.CORRECTED:  # a code that was photographed does not undo it from afar
        raise refuse("code", "corrected", _("工作人员已更正为未到，请找工作人员登记。"))
    return _write(item, seat, Verb.SIGNED_IN, user, "", now)


def _require_open(item: AgendaItem, now: datetime) -> None:
    if not item.takes_sign_in:
        raise refuse("code", "no-sign-in", _("“%s”不用签到。") % item)
    _require_begun(item, now, "code")
    if now > (item.ends_at or item.starts_at + OPEN_ENDED):
        raise refuse("code", "too-late", _("“%s”的签到已经结束，请找工作人员登记。") % item)


def _require_begun(item: AgendaItem, now: datetime, field: str) -> None:
    """Refuse that somebody is there so long before a sitting that nobody can be. Raises BadInput beside `field`."""
    opens = item.starts_at - timedelta(minutes=rules.value("meetings.sign_in_minutes"))
    if now < opens:
        words = {"item": item, "at": date_format(timezone.localtime(opens), "DATETIME_FORMAT")}
        raise refuse(field, "too-early", _("“%(item)s”%(at)s起签到。") % words)


def enter(user: User, item: AgendaItem, member: Membership, text: str = "") -> PresenceEvent:
    """Enter that a deputy is there. Raises NotPermitted, BadInput."""
    return _by_staff(user, item, member, Verb.ENTERED, text)


def excuse(user: User, item: AgendaItem, member: Membership, text: str = "") -> PresenceEvent:
    """Enter that a deputy has leave. Raises NotPermitted, BadInput."""
    return _by_staff(user, item, member, Verb.EXCUSED, text)


def correct(user: User, item: AgendaItem, member: Membership, text: str) -> PresenceEvent:
    """Say that an entry is wrong, and why; the entry stays on record. Raises NotPermitted, BadInput."""
    return _by_staff(user, item, member, Verb.CORRECTED, text)


@transaction.atomic
def _by_staff(user: User, item: AgendaItem, member: Membership, verb: Verb, text: str) -> PresenceEvent:
    if not keeps_desk(user, item.meeting):
        raise NotPermitted(_("到会情况由本级人大工作人员登记和更正。"))
    if not expected(item).filter(pk=member.pk).exists():
        raise refuse("member", "not-of-session", _("%s不在应到的代表里。") % member.person)
    if member.person.user_id == user.pk:
        raise refuse("member", "own", _("自己的到会情况请扫码签到，或由另一位工作人员登记。"))
    now = timezone.now()
    if verb == Verb.ENTERED:
        _require_begun(item, now, "member")
    last = _locked_last(item, member)
    if verb == Verb.ENTERED and last is not None and last.verb in PRESENT:
        raise BadInput(_("%s已经签到。") % member.person, code="signed-in-already")
    if verb == Verb.EXCUSED and last is not None and last.verb == Verb.EXCUSED:
        raise BadInput(_("%s已经登记请假。") % member.person, code="excused-already")
    if verb == Verb.CORRECTED and (last is None or last.verb == Verb.CORRECTED):
        raise BadInput(_("%s没有可以更正的记录。") % member.person, code="nothing-to-correct")
    if verb == Verb.CORRECTED and not text.strip():
        raise refuse("text", "required", _("请写明为什么更正。"))
    return _write(item, member, verb, user, text.strip(), now)


def _locked_last(item: AgendaItem, member: Membership) -> PresenceEvent | None:
    """Return the newest event about a deputy; who writes about her next waits."""
    Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)
    return item.presence.filter(member=member).order_by("-pk").first()


def _write(item: AgendaItem, member: Membership, verb: Verb, user: User, text: str, at: datetime) -> PresenceEvent:
    event = PresenceEvent(item=item, member=member, verb=verb, actor=user, text=text, at=at)
    check_fields(event, "bad-entry")
    event.save()
    return event
