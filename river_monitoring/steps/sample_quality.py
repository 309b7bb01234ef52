"""What may be said of a sample after it was handed in: questioned, confirmed, rejected, corrected.

No step here lets one party alone turn the proof of a rectification: a correction waits for another party, a questioned
sample for somebody who did not take it, and the party of the works may only question.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition, from_each


class Quality(StrEnum):
    """Where a sample stands."""

    UNQUESTIONED = "unquestioned"
    QUESTIONED = "questioned"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Verb(StrEnum):
    """What is done with a sample. MARK and STATE go with the entry of one, never with a sample that is there."""

    QUESTION = "question"
    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"
    MARK = "mark"
    STATE = "state"


class Party(StrEnum):
    """Who somebody is to a sample."""

    OWNER = "owner"
    OTHER_BODY = "other_body"
    WORKS = "works"
    STAFF = "staff"
    RULE = "rule"


OTHER = frozenset({Party.OTHER_BODY})
OWNER = frozenset({Party.OWNER})
ANYBODY = frozenset({Party.OWNER, Party.OTHER_BODY, Party.WORKS, Party.STAFF})
RULE = frozenset({Party.RULE})
REASON = ("reason",)
STANDING = (Quality.UNQUESTIONED, Quality.CORRECTED, Quality.CONFIRMED, Quality.REJECTED)

MARKED, STATED = "marked", "stated"
"""Events at the entry itself, of a value far outside the point's history: marked by the site, or typed on purpose."""

# Groups: `open` waits for another party; `void` counts nowhere.
TABLE = StepTable(
    name="sample_quality",
    title=_("水样质控"),
    states=(
        State(Quality.UNQUESTIONED, _("无异议")),
        State(Quality.QUESTIONED, _("存疑"), ("open",), tone="warn"),
        State(Quality.CORRECTED, _("更正待确认"), ("open",), tone="warn"),
        State(Quality.CONFIRMED, _("已核实"), tone="ok"),
        State(Quality.REJECTED, _("已作废"), ("void",), tone="bad"),
    ),
    beginnings={"": Quality.UNQUESTIONED},
    verbs={
        Verb.QUESTION: pgettext_lazy("sample", "存疑"),
        Verb.CONFIRM: pgettext_lazy("sample", "核实无误"),
        Verb.REJECT: pgettext_lazy("sample", "作废"),
        Verb.CORRECT: pgettext_lazy("sample", "更正"),
        Verb.MARK: _("系统标为存疑"),
        Verb.STATE: _("录入时确认"),
    },
    parties={
        Party.OWNER: _("报送这份水样的单位"),
        Party.OTHER_BODY: _("与整治无关的另一采样单位"),
        Party.WORKS: _("整治责任单位"),
        Party.STAFF: _("人大工作人员"),
        Party.RULE: _("系统"),
    },
    needs={"reason": _("请写明理由。")},
    transitions=(
        Transition(Quality.UNQUESTIONED, Verb.MARK, Quality.QUESTIONED, RULE, event=MARKED),
        Transition(Quality.UNQUESTIONED, Verb.STATE, Quality.UNQUESTIONED, RULE, event=STATED, keeps_version=True),
        *from_each(STANDING, Verb.QUESTION, Quality.QUESTIONED, ANYBODY, REASON, event="questioned"),
        *from_each(
            (Quality.QUESTIONED, Quality.CORRECTED), Verb.CONFIRM, Quality.CONFIRMED, OTHER, REASON, event="confirmed"
        ),
        *from_each((Quality.QUESTIONED,), Verb.REJECT, Quality.REJECTED, OTHER | OWNER, REASON, event="rejected"),
        *from_each((Quality.CORRECTED,), Verb.REJECT, Quality.REJECTED, OTHER, REASON, event="rejected"),
        *from_each(
            (Quality.UNQUESTIONED, Quality.QUESTIONED, Quality.CORRECTED, Quality.CONFIRMED),
            Verb.CORRECT,
            Quality.CORRECTED,
            OWNER,
            REASON,
            event="corrected",
        ),
    ),
)

OPEN = TABLE.in_group("open")
VOID = TABLE.in_group("void")


def quality_choices() -> list[tuple[str, str]]:
    """Names and labels of all states, for fields of models: migrations name this function, not the states."""
    return TABLE.choices()


EVENTS = {
    MARKED: _("系统标为存疑"),
    STATED: _("录入时确认"),
    "questioned": _("提出存疑"),
    "confirmed": _("核实无误"),
    "rejected": _("作废"),
    "corrected": _("更正"),
}


def event_choices() -> list[tuple[str, str]]:
    """Names and labels of the events of a sample."""
    return [(name, str(label)) for name, label in EVENTS.items()]
