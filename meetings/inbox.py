"""Sittings of today at which a deputy signs in and has not yet."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.permissions import Asker
from meetings.agenda.models import AgendaItem
from meetings.presence.models import PRESENT, PresenceEvent
from papers.register.permissions import seats_of


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user`; nothing for who sits in no congress."""
    seats = list(seats_of(user).values_list("pk", "congress_id", "group_id"))
    if not seats:
        return
    due = Q()
    for pk, congress, group in seats:
        of_hers = Q(group=None) | Q(group=group) if group else Q(group=None)
        due |= Q(meeting__session__congress=congress) & of_hers & ~Q(pk__in=_signed(pk))
    rows = AgendaItem.objects.filter(due, takes_sign_in=True, starts_at__date=today)
    yield Waiting(
        kind="sittings-to-sign-in",
        title=_("今天要签到的会议"),
        rows=rows.annotate(due_on=TruncDate("starts_at")).select_related("meeting__session__congress__area"),
        show=show,
        due="due_on",
        search=("title",),
        hint=_("到会场扫签到码，或者在会议页面填写。"),
    )


def _signed(member: int) -> QuerySet[Any]:
    """The sittings at which she is, or has leave: those whose newest event of her says so."""
    newest = PresenceEvent.objects.filter(member=member).order_by("item_id", "-pk").distinct("item_id")
    settled = PresenceEvent.objects.filter(pk__in=newest.values("pk"), verb__in=(*PRESENT, PresenceEvent.Verb.EXCUSED))
    return settled.values("item_id")


def show(row: AgendaItem) -> Item:
    """A sitting as a row."""
    at = date_format(timezone.localtime(row.starts_at), "TIME_FORMAT")
    return Item(
        title=row.title, url=row.meeting.get_absolute_url(), facts=(at, row.place, str(row.meeting)),
        badge=str(_("今天签到")), tone="warn",
    )  # fmt: skip
