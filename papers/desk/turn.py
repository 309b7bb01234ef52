"""Whose turn it is with a paper: who must do what by when, a line for each organ that has it."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from papers.handling.models import Handling
from papers.register.models import Paper
from papers.register.table import PAPERS, PaperState

S = Handling.State


def turns_of(paper: Paper, handlings: Iterable[Handling], leads: bool) -> tuple[str, ...]:
    """Say it to a deputy who stands under `paper`, first of all or not; nothing where it is over.

    `handlings` are those that were not sent back, with their departments.
    """
    lead = _("您") if leads else _("领衔代表")
    words = {
        PaperState.DRAFT: _("轮到%s：写好文本，联名够了就提交。") % lead,
        PaperState.DECLINED: _("轮到%s：看退回的理由，修改后再提交。") % lead,
        PaperState.SUBMITTED: _("轮到人大工作人员：审查。"),
        PaperState.ACCEPTED: _("轮到人大工作人员：交办。"),
    }
    if paper.state in words:
        return (words[PaperState(paper.state)],)
    if paper.state in PAPERS.in_group("in_hand"):
        organs = list(handlings)
        nobody = [] if any(one.role != Handling.Role.CO for one in organs) else [words[PaperState.ACCEPTED]]
        return tuple(filter(None, [*nobody, *(_turn_of_organ(one, lead) for one in organs)]))
    return ()


def _turn_of_organ(handling: Handling, lead: str) -> str:
    words = {"who": handling.department.short_name, "day": date_format(handling.due_on), "lead": lead}
    if handling.request:
        return _("轮到人大工作人员：决定%(who)s的申请。期限 %(day)s。") % words
    if handling.state == S.ASSIGNED and handling.role == Handling.Role.CO:
        return _("轮到%(who)s：提出会办意见，期限 %(day)s。") % words
    if handling.state in (S.ASSIGNED, S.REDO):
        return _("轮到%(who)s：答复，期限 %(day)s。") % words
    if handling.state == S.PLANNED:
        return _("轮到%(who)s：按计划落实后再答复，期限 %(day)s。") % words
    if handling.state == S.SIGNED:
        return _("轮到%(who)s：盖章送达，期限 %(day)s。") % words
    return _("轮到%(lead)s：评价%(who)s的答复。") % words if handling.state == S.DELIVERED else ""
