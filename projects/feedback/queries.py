"""Reads of feedback: what the public may read of one project."""

from django.db.models import Prefetch, QuerySet

from projects.feedback.models import Feedback, FeedbackEvent
from projects.plan.models import Project


def shown_feedback(project: Project) -> QuerySet[Feedback]:
    """Return what the public may read of the feedback on one project, newest first, with the replies."""
    replies = FeedbackEvent.objects.filter(verb=FeedbackEvent.Verb.REPLY).select_related("actor__department")
    shown = project.feedback.filter(state=Feedback.State.SHOWN).select_related("deputy")
    return shown.prefetch_related(Prefetch("events", replies, to_attr="replies"))
