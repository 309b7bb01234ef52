"""Who may know of which handling: whoever may see its paper; a department sees all of a paper's, as the deputies do."""

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import Asker, department_of, role_of
from papers.handling.models import AnswerTemplate, Handling, SealedScan, SignedAnswer
from papers.register.permissions import papers_concerning, papers_published, papers_visible_to


def handlings_visible_to(user: Asker) -> QuerySet[Handling]:
    """Return the handlings of the papers that `user` may see."""
    return Handling.objects.filter(paper__in=papers_visible_to(user))


def answers_visible_to(user: Asker) -> QuerySet[SignedAnswer]:
    """Return signed answers: delivered ones to whom the paper concerns, publishable ones of published papers to all.

    What is signed and not delivered yet is the organ's own.
    """
    visible = Q(handling__paper__in=papers_concerning(user), scan__isnull=False)
    visible |= Q(handling__paper__in=papers_published(user), scan__isnull=False, may_publish=True)
    if role_of(user) == Role.OFFICER:
        visible |= Q(handling__department=department_of(user))
    return SignedAnswer.objects.filter(visible)


def scans_visible_to(user: Asker) -> QuerySet[SealedScan]:
    """Return the sealed scans of the answers that `user` may see."""
    return SealedScan.objects.filter(answer__in=answers_visible_to(user))


def templates_of(department: int | None) -> QuerySet[AnswerTemplate]:
    """Return the templates of an organ, the newest first."""
    return AnswerTemplate.objects.filter(department=department).order_by("-pk")
