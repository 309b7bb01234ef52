"""Reminders to deputies of the duty days that the year still lacks."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.notices import notify
from stations.duty.models import DutyRecord
from stations.duty.points import rules, score
from stations.register.models import Deputy
from stations.register.permissions import in_office

DUTY_MONTHS = (10, 11, 12)
"""From October on a deputy is reminded each month of the duty days that are missing."""


def remind_of_duty_days(now: datetime) -> int:
    """Notify deputies, each month of the last quarter, of the duty days still missing; return the number sent."""
    today = timezone.localtime(now).date()
    if today.month not in DUTY_MONTHS:
        return 0
    known, sent = rules(), 0
    for deputy in Deputy.objects.filter(in_office(), user__isnull=False).select_related("user"):
        found = score(DutyRecord.objects.filter(deputy=deputy, on__year=today.year), today.year, known)
        if found.missing_days:
            title = format_lazy(_("今年还差 {n} 天履职"), n=found.missing_days)
            url = reverse("stations:duty_report", args=[deputy.page_code, today.year])
            key = f"duty:{deputy.pk}:{today:%Y%m}"
            sent += notify([deputy.user], "station-duty", title, "", url, key=key, to_groups=False)
    return sent
