"""The phase of a reception day, from its status and the time."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.receptions.models import Reception
from stations.receptions.table import TABLE, Status
from stations.receptions.workflow import SIGN_IN_BEFORE


class Phase(TextChoices):
    """The states of the table and, while a day is to be held, what the clock and the bookings make of them."""

    ANNOUNCED = Status.ANNOUNCED.value, TABLE.label(Status.ANNOUNCED)
    FULL = "full", _("已约满")
    SOON = "soon", _("即将开始")
    OPEN = "open", _("正在接待")
    ENDED = "ended", _("已结束，待登记")
    RECORDED = Status.RECORDED.value, TABLE.label(Status.RECORDED)
    CANCELLED = Status.CANCELLED.value, TABLE.label(Status.CANCELLED)


def phase_of(reception: Reception, taken: int = 0, now: datetime | None = None) -> Phase:
    """Return the phase; `taken` is how many people have booked."""
    now = now or timezone.now()
    if reception.status not in TABLE.in_group("to_be_held"):
        return Phase(reception.status)
    if now >= reception.ends_at:
        return Phase.ENDED
    if now >= reception.starts_at:
        return Phase.OPEN
    if now >= reception.starts_at - SIGN_IN_BEFORE:
        return Phase.SOON
    return Phase.FULL if reception.capacity and taken >= reception.capacity else Phase.ANNOUNCED
