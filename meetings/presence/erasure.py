"""Erasing what was noted of a deputy's leave or presence, on a lawful ground: who was there stays."""

from accounts.erasure import erase_words
from accounts.permissions import Asker
from meetings.presence.models import PresenceEvent


def erase_presence(actor: Asker, event: PresenceEvent, reason: str) -> int:
    """Erase the note of one entry; how many rows held something. Raises as `erase_words`."""
    return erase_words(actor, "erase-presence", event, event.item.meeting.session.congress.area, reason)
