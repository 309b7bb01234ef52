"""On which days something may be said to have been done: not later than today, and not longer ago than the rule."""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from projects.plan.refusals import field_refusal

MAX_AGE = "projects.max_age_days"


def refuse_day_to_come(field: str, label: str, day: date) -> None:
    """Refuse a day after today (BadInput at `field`); `label` says which day it is."""
    if day > timezone.localdate():
        message = _("%(label)s %(day)s 还没有到，请填今天或以前的日期。") % {"label": label, "day": date_format(day)}
        raise field_refusal(field, "day-to-come", message)


def refuse_wrong_day(field: str, label: str, day: date) -> None:
    """The same, and a day further back than the rule of the district lets anybody enter (BadInput at `field`)."""
    refuse_day_to_come(field, label, day)
    most, days = rules.value(MAX_AGE), (timezone.localdate() - day).days
    if days > most:
        names = {"label": label, "day": day, "days": days, "most": most}
        message = _(
            "%(label)s %(day)s 在 %(days)d 天以前，最多补登 %(most)d 天以内的。"
            "实际更早的，请登记今天，并在进展里写明实际日期和补登的原因。"
        )
        raise field_refusal(field, "too-long-ago", message % names)
