"""Erasing what was noted of a deputy's leave or presence, on a lawful ground: who was there stays."""

from accounts.erasure import erase_words
from accounts.permissions import Asker
from meetings.presence.models import PresenceEvent


def erase_presence(actor: Asker, event: PresenceEvent, reason: str) -> int:
    """Erase the note of one entry; how many rows held something. Raises as `erase_words`."""
    return erase_words(actor, "erase-presence", event, event.item.meeting.session.congress.area, reason)


def erase_presence_again(actor: Asker, number: int, reason: str) -> int:
    """The same in a restored site. For `erasures` of the app. Raises also PresenceEvent.DoesNotExist."""
    return erase_presence(actor, PresenceEvent.objects.get(pk=number), reason)
