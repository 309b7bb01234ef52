"""Who reads a voter's message: the deputies it is for; the station and the congress staff once it has come to them.

How to reach the voter is shown on the same page and nowhere else: in no list, file, tile or notice.
"""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.permissions import Asker, is_deputy
from ledger.actors import Actor, Site
from stations.models import Deputy
from stations.permissions import deputy_of, stations_run_by
from voters.line.models import Message, MessagePhoto, MessageVideo


@dataclass(frozen=True, slots=True)
class Voter:
    """Whoever holds the private link of a message."""

    message_id: int
    is_authenticated: bool = False


def messages_visible_to(user: Actor) -> QuerySet[Message]:
    """Return the messages that `user` (a person, a `Voter` or the `SITE`) may read in full."""
    everything = Message.objects.all()
    if isinstance(user, Site):
        return everything
    if isinstance(user, Voter):
        return everything.filter(pk=user.message_id)
    return everything.filter(_mine(user))  # type: ignore[arg-type]  # whoever is left has an account, or none


def _mine(user: Asker) -> Q:
    at_station = Q(at_station_since__isnull=False, station__in=stations_run_by(user))
    own = deputy_of(user)
    return at_station if own is None else at_station | Q(pk__in=told(own).values("pk"))


def told(deputy: Deputy) -> QuerySet[Message]:
    """Return the messages that were for this deputy."""
    return Message.objects.filter(deputies=deputy)


def photos_visible_to(user: Asker) -> QuerySet[MessagePhoto]:
    """Return the photos of the messages that `user` may read."""
    return MessagePhoto.objects.filter(message__in=messages_visible_to(user))


def videos_visible_to(user: Asker) -> QuerySet[MessageVideo]:
    """Return the videos, encoded anew, of the messages that `user` may read."""
    rows = MessageVideo.objects.filter(state=MessageVideo.State.READY)
    return rows.filter(message__in=messages_visible_to(user))


def reads_messages(user: Asker) -> bool:
    """Tell whether there can be messages for `user`: a deputy, on the roll or not, or who runs a station."""
    return is_deputy(user) or deputy_of(user) is not None or stations_run_by(user).exists()
