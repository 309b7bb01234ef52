"""The states of a reception day and the steps between them. Bookings and matters are rows of their own."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.steps import State, StepTable, Transition, stay


class Status(StrEnum):
    ANNOUNCED = "announced"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    CHANGE = "change"
    CANCEL = "cancel"
    SIGN_IN = "sign_in"
    RECORD = "record"
    LEAVE = "leave"
    SUBSTITUTE = "substitute"


class Party(StrEnum):
    STAFF = "staff"
    DEPUTY = "deputy"


STAFF, STAFF_OR_DEPUTY = frozenset({Party.STAFF}), frozenset({Party.STAFF, Party.DEPUTY})

TABLE = StepTable(
    name="reception",
    title=_("接待日"),
    states=(
        State(Status.ANNOUNCED, _("已公布"), ("to_be_held", "takes_place"), tone="info"),
        State(Status.RECORDED, _("已登记"), ("held", "takes_place"), tone="ok"),
        State(Status.CANCELLED, _("已取消"), ("called_off",), tone="bad"),
    ),
    transitions=(
        Transition(Status.ANNOUNCED, Verb.CHANGE, Status.ANNOUNCED, STAFF, event="changed", notice="changed"),
        Transition(
            Status.ANNOUNCED, Verb.CANCEL, Status.CANCELLED, STAFF, ("reason",), event="cancelled", notice="cancelled"
        ),
        *stay(
            (Status.ANNOUNCED, Status.RECORDED), Verb.SIGN_IN, STAFF_OR_DEPUTY, event="signed_in", keeps_version=True
        ),
        Transition(
            Status.ANNOUNCED, Verb.LEAVE, Status.ANNOUNCED, STAFF_OR_DEPUTY, ("reason",), event="leave", notice="leave"
        ),
        Transition(Status.ANNOUNCED, Verb.SUBSTITUTE, Status.ANNOUNCED, STAFF, event="substitute", notice="substitute"),
        Transition(Status.ANNOUNCED, Verb.RECORD, Status.RECORDED, STAFF, ("present",), event="recorded"),
        Transition(Status.RECORDED, Verb.RECORD, Status.RECORDED, STAFF, ("present",), event="corrected"),
    ),
    verbs={
        Verb.CHANGE: _("更改"),
        Verb.CANCEL: pgettext_lazy("state", "取消"),
        Verb.SIGN_IN: _("签到"),
        Verb.RECORD: _("登记"),
        Verb.LEAVE: _("请假"),
        Verb.SUBSTITUTE: _("顶替"),
    },
    parties={Party.STAFF: _("联络站工作人员"), Party.DEPUTY: _("代表")},
    beginnings={"announced": Status.ANNOUNCED, "entered": Status.ANNOUNCED},
    needs={
        (Verb.CANCEL, "reason"): _("请写明取消的原因，预约的选民会看到。"),
        (Verb.LEAVE, "reason"): _("请写明请假的原因，只有联络站看得到。"),
        "present": _("请勾选到场的代表；没有代表到场的，请取消这次接待。"),
    },
)
