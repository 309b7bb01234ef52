"""What becomes of a proposal, as a table: states, the decisions of congress staff, and the words for people."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from ledger.steps import State, StepTable, Transition, from_each


class ProposalState(StrEnum):
    """Where a proposal stands."""

    NEW = "new"
    PUBLISHED = "published"
    MERGED = "merged"
    ADOPTED = "adopted"
    DECLINED = "declined"


S = ProposalState
STAFF = frozenset({"staff"})
OPEN = (S.NEW, S.PUBLISHED)
DECIDED = "project-proposal"

PROPOSALS = StepTable(
    name="proposals",
    title=_("项目建议"),
    states=(
        State(S.NEW, _("待审核"), ("open", "waiting"), tone="warn"),
        State(S.PUBLISHED, _("公开征集中"), ("open", "joinable"), tone="info"),
        State(S.MERGED, _("已并入同类建议"), tone="muted"),
        State(S.ADOPTED, _("列入候选项目"), ("joinable",), tone="ok"),
        State(S.DECLINED, _("未采纳"), tone="muted"),
    ),
    transitions=(
        Transition(S.NEW, "publish", S.PUBLISHED, STAFF, notice=DECIDED),
        *from_each(OPEN, "adopt", S.ADOPTED, STAFF, notice=DECIDED),
        *from_each(OPEN, "merge", S.MERGED, STAFF, notice=DECIDED),
        *from_each(OPEN, "decline", S.DECLINED, STAFF, ("text",), notice=DECIDED),
    ),
    verbs={"publish": _("公开"), "adopt": _("列入候选项目"), "merge": _("并入同类建议"), "decline": _("不采纳")},
    parties={"staff": _("人大工作人员")},
    needs={"text": _("不采纳要写明理由，提出的人会看到。")},
    beginnings={"propose": S.NEW},
)
