"""What is announced of a reception day, and whether it can be held so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts import rules
from accounts.models import Department
from geokit.refusal import BadInput, FieldError
from stations.receptions.models import Reception
from stations.receptions.table import TABLE
from stations.register.models import Deputy

MAX_DURATION = timedelta(hours=10)


@dataclass(frozen=True)
class ReceptionPlan:
    """What is announced of a reception day."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    deputies: Sequence[Deputy]
    theme: str = ""
    place: str = ""
    online_url: str = ""
    capacity: int = 0
    departments: Sequence[Department] = field(default=())

    def columns(self) -> dict[str, object]:
        """Return the values of the row's own columns."""
        names = ("kind", "starts_at", "ends_at", "theme", "place", "online_url", "capacity")
        return {name: getattr(self, name) for name in names}


def check_plan(plan: ReceptionPlan, now: datetime, *, moved: bool = True, past: bool = False) -> None:
    """Validate a plan. Raises BadInput with the errors of all fields.

    With `past`, deputies who have left office since are allowed.
    """
    errors = [
        *_time_errors(plan, now, moved=moved),
        *_people_errors(plan, past=past),
        *_place_errors(plan),
    ]
    if errors:
        raise BadInput(errors[0].message, errors=errors)


def check_free(station_id: int, starts_at: datetime, apart_from: Collection[int] = ()) -> None:
    """Refuse a beginning at which a station receives already, on another day than these. Raises BadInput."""
    days = Reception.objects.filter(station=station_id, starts_at=starts_at).exclude(pk__in=apart_from)
    if days.filter(status__in=TABLE.in_group("takes_place")).exists():
        message = gettext("%s那时本站已有接待。") % date_format(timezone.localtime(starts_at))
        raise BadInput(message, code="taken", errors=[FieldError("starts_at", "taken", message)])


def _time_errors(plan: ReceptionPlan, now: datetime, *, moved: bool) -> list[FieldError]:
    errors = []
    if plan.ends_at <= plan.starts_at:
        errors.append(FieldError("ends_at", "before-start", gettext("结束要晚于开始。")))
    elif plan.ends_at - plan.starts_at > MAX_DURATION:
        errors.append(FieldError("ends_at", "too-long", gettext("一次接待不超过 10 小时。")))
    notice = rules.value("stations.notice_days")
    earliest = timezone.localtime(now).date() + timedelta(days=notice)
    if moved and timezone.localtime(plan.starts_at).date() < earliest:
        words = gettext("接待至少提前 %(days)d 天公布，最早可定在 %(day)s。")
        errors.append(FieldError("starts_at", "short-notice", words % {"days": notice, "day": date_format(earliest)}))
    return errors


def _people_errors(plan: ReceptionPlan, *, past: bool) -> list[FieldError]:
    if not plan.deputies:
        return [FieldError("deputies", "required", gettext("请至少安排一位接待代表。"))]
    if not past and any(not deputy.is_active for deputy in plan.deputies):
        return [FieldError("deputies", "not-in-office", gettext("有的代表已不在任。"))]
    return []


def _place_errors(plan: ReceptionPlan) -> list[FieldError]:
    errors = []
    if plan.kind == Reception.Kind.THEMED and not plan.theme.strip():
        errors.append(FieldError("theme", "required", gettext("主题接待要写明主题。")))
    if plan.kind == Reception.Kind.ONLINE and not plan.online_url:
        errors.append(FieldError("online_url", "required", gettext("网上接待要写明网址。")))
    if plan.online_url and not plan.online_url.startswith("https://"):
        errors.append(FieldError("online_url", "not-https", gettext("网址要以 https:// 开头。")))
    return errors
