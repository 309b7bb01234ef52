"""What sessions put into a deputy's calendar: the sittings of her congresses, of her own group where one is named."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.calendars.entries import Entry
from accounts.models import User
from meetings.agenda.models import AgendaItem
from papers.register.permissions import seats_of

LENGTH = timedelta(hours=2)
"""Shown of a sitting that names no end."""


def entries(user: User, since: datetime) -> Iterator[Entry]:
    """Yield the sittings of the congresses that `user` sits in."""
    mine = Q()
    for congress, group in seats_of(user).values_list("congress_id", "group_id"):
        of_hers = Q(group=None) | Q(group=group) if group else Q(group=None)
        mine |= Q(meeting__session__congress=congress) & of_hers
    if not mine:
        return
    for item in AgendaItem.objects.filter(mine, starts_at__gte=since).select_related("meeting__session"):
        yield Entry(
            uid=f"sitting-{item.pk}",
            sequence=item.version,
            starts_at=item.starts_at,
            ends_at=item.ends_at or item.starts_at + LENGTH,
            summary=item.title,
            location=item.place or item.meeting.place,
            url=item.meeting.get_absolute_url(),
        )
