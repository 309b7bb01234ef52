"""Erasing a comment on a document of a session, on a lawful ground: that there was one stays, the words go."""

from accounts.erasure import erase_words
from accounts.permissions import Asker
from meetings.comments.models import ArticleComment


def erase_comment(actor: Asker, comment: ArticleComment, reason: str) -> int:
    """Erase the words of one comment; how many rows held something. Raises as `erase_words`."""
    return erase_words(actor, "erase-comment", comment, comment.document.meeting.session.congress.area, reason)
