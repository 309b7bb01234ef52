"""The stages of a livelihood project as a table: states, who moves a project on, and the words for people."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from ledger.steps import State, StepTable, Transition, from_each


class Stage(StrEnum):
    """Where a project stands, from a proposal to the rating."""

    PROPOSED = "proposed"
    CANDIDATE = "candidate"
    VOTED = "voted"
    BUILDING = "building"
    SUPERVISED = "supervised"
    RATED = "rated"
    RESERVE = "reserve"


STAFF = frozenset({"staff"})
COUNT = frozenset({"count"})
"""The count of a vote: no person declares a candidate voted for."""
REASON = ("reason",)
CHANGED = "project-stage"

STAGES = StepTable(
    name="project_stages",
    title=_("民生实事项目阶段"),
    states=(
        State(Stage.PROPOSED, _("征集"), ("course", "before_vote")),
        State(Stage.CANDIDATE, _("初定候选"), ("course", "before_vote", "candidates")),
        State(Stage.VOTED, _("审议票决"), ("course", "public", "to_build")),
        State(Stage.BUILDING, _("实施"), ("course", "public", "to_build", "under_way")),
        State(Stage.SUPERVISED, _("监督"), ("course", "public", "under_way")),
        State(Stage.RATED, _("满意度测评"), ("course", "public", "under_way")),
        State(Stage.RESERVE, _("储备库"), ("before_vote", "candidates")),
    ),
    transitions=(
        *from_each((Stage.PROPOSED, Stage.RESERVE), "nominate", Stage.CANDIDATE, STAFF, REASON, notice=CHANGED),
        *from_each((Stage.PROPOSED, Stage.CANDIDATE), "reserve", Stage.RESERVE, STAFF, REASON, notice=CHANGED),
        Transition(Stage.CANDIDATE, "elect", Stage.VOTED, COUNT, REASON),
        Transition(Stage.CANDIDATE, "pass_over", Stage.RESERVE, COUNT, REASON),
        Transition(Stage.VOTED, "build", Stage.BUILDING, STAFF, REASON, notice=CHANGED),
        Transition(Stage.BUILDING, "supervise", Stage.SUPERVISED, STAFF, REASON, notice=CHANGED),
        Transition(Stage.SUPERVISED, "rate", Stage.RATED, STAFF, REASON, notice=CHANGED),
    ),
    verbs={
        "nominate": _("列为候选"),
        "reserve": _("列入储备库"),
        "elect": _("票决当选"),
        "pass_over": _("票决未当选"),
        "build": _("开工"),
        "supervise": _("转入监督"),
        "rate": _("开始测评"),
    },
    parties={"staff": _("人大工作人员"), "count": _("票决计票")},
    needs={"reason": _("请写明变更阶段的依据。")},
    beginnings={"": Stage.PROPOSED, "create": Stage.CANDIDATE},
)
