"""Erasing what a person wrote of a project, on a lawful ground: that there was a feedback stays, the words go."""

from accounts.erasure import erase_words
from accounts.permissions import Asker
from projects.feedback.models import Feedback


def erase_feedback(actor: Asker, feedback: Feedback, reason: str) -> int:
    """Erase words, contact and photo of a feedback; how many rows held something. Raises as `erase_words`."""
    covered = [feedback.covered] if hasattr(feedback, "covered") else []
    rows = [*covered, *feedback.events.filter(verb="file")]
    return erase_words(actor, "erase-feedback", feedback, feedback.project.area, reason, rows)
