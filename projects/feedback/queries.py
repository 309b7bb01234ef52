"""Reads of feedback: what the public may read of one project, and of all."""

from django.db.models import Prefetch, QuerySet

from projects.feedback.models import Feedback, FeedbackEvent
from projects.plan.models import Project


def shown_feedback(project: Project) -> QuerySet[Feedback]:
    """Return what the public may read of the feedback on one project, newest first, with the replies."""
    return with_replies(project.feedback.filter(state=Feedback.State.SHOWN))


def with_replies(feedback: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """The same rows with what a list of them shows: who said it, and what was answered."""
    replies = FeedbackEvent.objects.filter(verb=FeedbackEvent.Verb.REPLY).select_related("actor__department")
    return feedback.select_related("deputy").prefetch_related(Prefetch("events", replies, to_attr="replies"))
