"""The phase of a reception day, from its status and the time."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stations.receptions.models import Reception
from stations.receptions.services import SIGN_IN_BEFORE


class Phase(TextChoices):
    ANNOUNCED = "announced", _("已公布")
    FULL = "full", _("已约满")
    SOON = "soon", _("即将开始")
    OPEN = "open", _("正在接待")
    ENDED = "ended", _("已结束，待登记")
    RECORDED = "recorded", _("已登记")
    CANCELLED = "cancelled", _("已取消")


def phase_of(reception: Reception, taken: int = 0, now: datetime | None = None) -> Phase:
    """Return the phase; `taken` is how many people have booked."""
    now = now or timezone.now()
    if reception.status != Reception.Status.ANNOUNCED:
        return Phase(reception.status)
    if now >= reception.ends_at:
        return Phase.ENDED
    if now >= reception.starts_at:
        return Phase.OPEN
    if now >= reception.starts_at - SIGN_IN_BEFORE:
        return Phase.SOON
    return Phase.FULL if reception.capacity and taken >= reception.capacity else Phase.ANNOUNCED
