"""Who attended a reception, and the duty records that follow from it."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.permissions import Asker
from stations.duty.models import DutyKind
from stations.duty.services import record_duty, restore_by_source, withdraw_by_source
from stations.receptions.models import Attendance, Reception
from stations.register.models import Deputy


def attending(reception: Reception) -> set[int]:
    return set(reception.attendances.values_list("deputy_id", flat=True))


def set_attendances(reception: Reception, people: Sequence[Deputy], now: datetime) -> set[int]:
    """Replace the attendance list; who signed in herself keeps her own time.

    Returns the deputies who were removed.
    """
    gone = attending(reception) - {deputy.pk for deputy in people}
    reception.attendances.filter(deputy__in=gone).delete()
    there = attending(reception)
    Attendance.objects.bulk_create(
        Attendance(reception=reception, deputy=deputy, how=Attendance.How.STAFF, at=now)
        for deputy in people
        if deputy.pk not in there
    )
    return gone


def update_duty(
    reception: Reception, people: Sequence[Deputy], *, before: set[int], gone: set[int], actor: Asker, now: datetime
) -> None:
    """Correct the duty records with the attendance; what a deputy withdrew herself stays withdrawn."""
    source = f"reception:{reception.pk}"
    withdraw_by_source(actor, source, gone, reason=gettext("接待登记更正：当天没有到场"), now=now)
    restore_by_source(actor, source, {deputy.pk for deputy in people} - before, now=now)
    for deputy in people:
        record_attendance_duty(reception, deputy)


def record_attendance_duty(reception: Reception, deputy: Deputy) -> None:
    with translation.override(settings.LANGUAGE_CODE):  # a record is kept in the site's own language
        title = reception.theme or f"{reception.station.name}{reception.get_kind_display()}"
    record_duty(
        deputy,
        DutyKind.RECEPTION,
        timezone.localtime(reception.starts_at).date(),
        source=f"reception:{reception.pk}",
        title=title,
        address=reverse("stations:reception", args=[reception.pk]),
    )
