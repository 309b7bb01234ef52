"""What votes put into a deputy's calendar: when she may vote."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from accounts.calendars.entries import Entry
from accounts.models import User
from projects.voting.models import VoteSession


def entries(user: User, since: datetime) -> Iterator[Entry]:
    """Yield the votes on whose roll `user` is, with the time in which they are open."""
    mine = VoteSession.objects.filter(electors__deputy=user, electors__is_struck=False, opens_at__gte=since)
    for session in mine.select_related("cancellation", "area"):
        yield Entry(
            uid=f"vote-{session.pk}",
            sequence=int(hasattr(session, "cancellation")),
            starts_at=session.opens_at,
            ends_at=session.closes_at,
            summary=gettext("票决：%s") % session.title,
            url=session.get_absolute_url(),
            location=session.area.name,
            is_cancelled=hasattr(session, "cancellation"),
        )
