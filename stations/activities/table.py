"""The states of an activity and the steps between them."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition


class Status(StrEnum):
    ANNOUNCED = "announced"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    CHANGE = "change"
    CANCEL = "cancel"
    SIGN_IN = "sign_in"
    ADD_PRESENCE = "add_presence"
    REMOVE_PRESENCE = "remove_presence"
    SIGN_UP = "sign_up"
    TAKE_LEAVE = "take_leave"


class Party(StrEnum):
    ORGANISER = "organiser"
    DEPUTY = "deputy"


ORGANISER, DEPUTY = frozenset({Party.ORGANISER}), frozenset({Party.DEPUTY})
ANNOUNCED, CANCELLED = Status.ANNOUNCED, Status.CANCELLED

TABLE = StepTable(
    name="activity",
    title=_("代表活动"),
    states=(
        State(ANNOUNCED, _("已通知"), ("takes_place",), tone="info"),
        State(CANCELLED, _("已取消"), ("called_off",), tone="bad"),
    ),
    transitions=(
        Transition(ANNOUNCED, Verb.CHANGE, ANNOUNCED, ORGANISER, event="changed", notice="changed"),
        Transition(ANNOUNCED, Verb.CANCEL, CANCELLED, ORGANISER, ("reason",), event="cancelled", notice="cancelled"),
        Transition(ANNOUNCED, Verb.SIGN_IN, ANNOUNCED, DEPUTY, event="signed_in", keeps_version=True),
        Transition(ANNOUNCED, Verb.ADD_PRESENCE, ANNOUNCED, ORGANISER, event="signed_in", keeps_version=True),
        Transition(
            ANNOUNCED, Verb.REMOVE_PRESENCE, ANNOUNCED, ORGANISER, ("reason",), event="struck", keeps_version=True
        ),
        Transition(ANNOUNCED, Verb.SIGN_UP, ANNOUNCED, DEPUTY, event="signed_up", keeps_version=True),
        Transition(ANNOUNCED, Verb.TAKE_LEAVE, ANNOUNCED, DEPUTY, ("reason",), event="leave", keeps_version=True),
    ),
    verbs={
        Verb.CHANGE: _("更改"),
        Verb.CANCEL: pgettext_lazy("state", "取消"),
        Verb.SIGN_IN: _("签到"),
        Verb.ADD_PRESENCE: _("登记到场代表"),
        Verb.REMOVE_PRESENCE: _("撤销签到"),
        Verb.SIGN_UP: _("报名"),
        Verb.TAKE_LEAVE: _("请假"),
    },
    parties={Party.ORGANISER: _("组织活动的人大工作人员"), Party.DEPUTY: _("代表")},
    beginnings={"announced": ANNOUNCED},
    needs={
        (Verb.CANCEL, "reason"): _("请写明取消的原因，受邀代表会看到。"),
        (Verb.REMOVE_PRESENCE, "reason"): _("请写明撤销签到的理由。"),
        (Verb.TAKE_LEAVE, "reason"): _("请写明请假的原因，只有组织活动的工作人员看得到。"),
    },
)
