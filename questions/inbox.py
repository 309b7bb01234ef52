"""What waits: a questionnaire for a second person to review, and one that is closed and not answered."""

from collections.abc import Iterator
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.models import Role, User
from accounts.permissions import Asker, has_role
from questions.register.models import FormVersion, Questionnaire
from questions.register.permissions import kept_by
from questions.register.table import Status


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here."""
    if not isinstance(user, User) or not has_role(user, Role.STAFF):
        return
    kept = kept_by(user)
    newest = FormVersion.objects.filter(questionnaire=OuterRef("pk")).order_by("-number").values("made_by")[:1]
    review = kept.filter(state=Status.REVIEW).exclude(submitted_by=user)
    review = review.annotate(writer=Subquery(newest)).exclude(writer=user.pk)
    yield _questionnaires("questionnaires-to-review", _("等我审核的问卷"), review)
    yield _questionnaires("questionnaires-to-answer", _("截止后待答复的问卷"), kept.filter(state=Status.CLOSED))


def _questionnaires(kind: str, title: object, rows: QuerySet[Questionnaire]) -> Waiting:
    return Waiting(
        kind=kind,
        title=title,
        rows=rows.select_related("area").order_by("pk"),
        show=_show,
        search=("title",),
        area="area",
        hint=_("答复采纳情况以后才能归档。"),
    )


def _show(row: Questionnaire) -> Item:
    return Item(
        title=row.title,
        url=reverse("questions:desk", args=[row.pk]),
        facts=(row.area.name,),
        badge=str(row.standing.label),
        tone=row.standing.tone,
    )
