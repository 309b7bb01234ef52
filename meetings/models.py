"""All tables of the room, for Django and for rooms above."""

from meetings.agenda.models import AgendaItem, Meeting, MeetingDocument
from meetings.comments.models import ArticleComment
from meetings.presence.models import PresenceEvent

__all__ = ["AgendaItem", "ArticleComment", "Meeting", "MeetingDocument", "PresenceEvent"]
