"""Who covers a photo of this room, and who sees the original of one that is covered: the same people."""

from typing import Any

from django.db.models import QuerySet

from accounts.permissions import Asker
from projects.feedback.services import feedback_visible_to
from projects.feedback.services import may_decide as may_decide_feedback
from projects.plan.permissions import may_update, reports_visible_to
from projects.proposals.permissions import may_decide, proposals_visible_to


def things_of(kind: str, user: Asker) -> QuerySet[Any]:
    """Return what has photos of a kind (`models.OF`) and `user` may see."""
    if kind == "report":
        return reports_visible_to(user).select_related("project__area", "covered")
    if kind == "feedback":
        return feedback_visible_to(user).select_related("project__area", "covered")
    return proposals_visible_to(user).select_related("area", "covered")


def may_cover(user: Asker, kind: str, thing: Any) -> bool:
    """Tell whether `user` covers the photo of a thing: who reports on the project, or who decides what is shown."""
    if kind == "report":
        return may_update(user, thing.project)
    if kind == "feedback":
        return may_decide_feedback(user, thing)
    return may_decide(user, thing)
