"""Reads of handlings that more than one page needs."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from ledger.filestore.responses import opened
from papers.documents.default_template import default_template
from papers.handling.models import AnswerTemplate, Handling, SignedAnswer
from papers.handling.table import HANDLINGS
from papers.register.models import Paper
from papers.register.table import PaperState


def newest_answer(handling: Handling) -> SignedAnswer:
    """Return the newest signed answer. Raises BadInput where there is none."""
    answer = handling.answers.order_by("-pk").first()
    if answer is None:
        raise BadInput(_("还没有签发的答复。"), code="no-answer")
    return answer


def recipients(paper: Paper) -> str:
    """Return whom an answer is addressed to: each deputy who stands under the paper, the lead first."""
    names = [str(one) for one in paper.signatories.filter(left_at=None).select_related("member__person")]
    shown = "、".join(names[:12]) + ("等" if len(names) > 12 else "")
    return f"{shown}代表"


def template_of(department: int) -> bytes:
    """Return the Word template of an organ: its newest, or the default."""
    own = AnswerTemplate.objects.filter(department=department).order_by("-pk").first()
    if own is None:
        return default_template()
    with opened(own.file) as file:
        return file.read()


def for_lists(handlings: QuerySet[Handling]) -> QuerySet[Handling]:
    """Read with each handling what a row shows."""
    return handlings.select_related("paper__congress", "department", "paper__session")


def to_assign(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """Narrow to what waits for an organ that answers it: also where only co-handlers are left."""
    answering = Handling.objects.filter(paper=OuterRef("pk"), returned_on=None).exclude(role=Handling.Role.CO)
    return papers.filter(Q(state=PaperState.ACCEPTED) | Q(~Exists(answering), state=PaperState.ASSIGNED))


def unanswered(handlings: QuerySet[Handling]) -> QuerySet[Handling]:
    """Narrow to what still wants its answer."""
    return handlings.filter(state__in=HANDLINGS.in_group("unanswered"))


def overdue(handlings: QuerySet[Handling], today: date) -> QuerySet[Handling]:
    """Narrow to what should have been answered; a planned item too, once its day has passed."""
    return handlings.filter(state__in=HANDLINGS.in_group("running", "unanswered"), due_on__lt=today)
