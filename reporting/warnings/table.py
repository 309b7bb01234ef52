"""The states of a warning and the steps between them: the machine raises, repeats and says that values are back;
whether it matters and when it is over, people say."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from ledger.steps import State as StepState
from ledger.steps import StepTable, Transition


class State(StrEnum):
    NEW = "new"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Verb(StrEnum):
    REPEAT = "repeat"
    GO_BACK = "go_back"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    CLOSE = "close"


class Event(StrEnum):
    RAISED = "raised"
    REPEATED = "repeated"
    BACK = "back"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CLOSED = "closed"

    @classmethod
    def choices(cls) -> list[tuple[str, object]]:
        return [
            (cls.RAISED.value, _("发出预警")),
            (cls.REPEATED.value, _("再次出现")),
            (cls.BACK.value, _("数值恢复正常")),
            (cls.CONFIRMED.value, _("确认并交办")),
            (cls.DISMISSED.value, _("排除")),
            (cls.CLOSED.value, _("了结")),
        ]


class Party(StrEnum):
    WATCH = "watch"
    STAFF = "staff"


WATCH, STAFF = frozenset({Party.WATCH}), frozenset({Party.STAFF})

TABLE = StepTable(
    name="warning",
    title=_("预警"),
    states=(
        StepState(State.NEW, _("待核实"), ("open",), tone="warn"),
        StepState(State.CONFIRMED, _("已确认"), ("open",), tone="info"),
        StepState(State.DISMISSED, _("已排除"), ("over",), tone="muted"),
        StepState(State.CLOSED, _("已了结"), ("over",), tone="ok"),
    ),
    transitions=(
        Transition(State.NEW, Verb.CONFIRM, State.CONFIRMED, STAFF, ("text", "department"), event="confirmed"),
        Transition(State.NEW, Verb.DISMISS, State.DISMISSED, STAFF, ("text",), event="dismissed"),
        Transition(State.CONFIRMED, Verb.CLOSE, State.CLOSED, STAFF, ("text",), event="closed"),
        Transition(State.NEW, Verb.REPEAT, State.NEW, WATCH, event="repeated"),
        Transition(State.CONFIRMED, Verb.REPEAT, State.CONFIRMED, WATCH, event="repeated"),
        Transition(State.NEW, Verb.GO_BACK, State.NEW, WATCH, event="back"),
        Transition(State.CONFIRMED, Verb.GO_BACK, State.CONFIRMED, WATCH, event="back"),
    ),
    verbs={
        Verb.CONFIRM: _("确认并交办"),
        Verb.DISMISS: _("排除"),
        Verb.CLOSE: _("了结"),
        Verb.REPEAT: _("再次出现"),
        Verb.GO_BACK: _("恢复正常"),
    },
    parties={Party.STAFF: _("区人大工作人员"), Party.WATCH: _("预警任务")},
    beginnings={"raised": State.NEW},
    needs={
        (Verb.CONFIRM, "text"): _("请写明要求承办单位说明或办理什么。"),
        (Verb.CONFIRM, "department"): _("请选承办单位。"),
        (Verb.DISMISS, "text"): _("请写明排除的理由，以后会用来衡量规则准不准。"),
        (Verb.CLOSE, "text"): _("请写明怎样了结。"),
    },
)
