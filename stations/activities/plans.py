"""What is announced of an activity and who is invited, and whether it can be so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext

from accounts.congress.permissions import groups_seen_by
from accounts.models import DeputyGroup
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError
from stations.activities.models import Activity
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by

MAX_DURATION = timedelta(days=7)
"""The yearly congress sits for days; a deputy signs in to each of its activities once."""
MAX_INVITED = 2_000


@dataclass(frozen=True)
class ActivityPlan:
    """What is announced of an activity. `geom` is its position in EPSG:4326, or None."""

    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    agenda: str = ""
    geom: Point | None = None
    places: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return the values of the row's columns, without blanks around texts."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}


def check_plan(plan: ActivityPlan, now: datetime) -> None:
    """Validate a plan. Raises BadInput with the errors of all fields."""
    errors = []
    if plan.kind not in Activity.Kind.values:
        errors.append(FieldError("kind", "unknown", gettext("请选择类别。")))
    for name, text, most in (("title", plan.title, 80), ("place", plan.place, 120)):
        if not text.strip():
            errors.append(FieldError(name, "required", gettext("请填写这一项。")))
        elif len(text.strip()) > most:
            errors.append(FieldError(name, "too-long", gettext("不超过 %d 字。") % most))
    if plan.places is not None and not 1 <= plan.places <= MAX_INVITED:
        errors.append(FieldError("places", "bad-number", gettext("名额应在 1 到 %d 之间。") % MAX_INVITED))
    if plan.starts_at <= now:
        errors.append(FieldError("starts_at", "past", gettext("开始时间要晚于现在。")))
    if plan.ends_at <= plan.starts_at:
        errors.append(FieldError("ends_at", "before-start", gettext("结束要晚于开始。")))
    elif plan.ends_at - plan.starts_at > MAX_DURATION:
        errors.append(FieldError("ends_at", "too-long", gettext("一次活动不超过 7 天。")))
    if errors:
        raise BadInput(errors[0].message, errors=errors)


def check_invited(actor: Asker, invited: Sequence[Deputy]) -> None:
    """Refuse invitations of nobody, of deputies out of office or of another area. Raises BadInput."""
    message = ""
    if not invited:
        message = gettext("请选择受邀的代表。")
    elif len(invited) > MAX_INVITED or any(not deputy.is_active for deputy in invited):
        message = gettext("有的代表已不在任，或人数过多。")
    elif deputies_kept_by(actor).filter(pk__in=[deputy.pk for deputy in invited]).count() != len(set(invited)):
        message = gettext("只能邀请本辖区的代表。")
    if message:
        raise BadInput(message, errors=[FieldError("stations", "bad-invitation", message)])


def check_group(actor: Asker, group: DeputyGroup | None) -> None:
    """Refuse a group that the actor does not keep. Raises BadInput."""
    if group is not None and not groups_seen_by(actor).filter(pk=group.pk).exists():
        message = gettext("没有这个代表小组。")
        raise BadInput(message, errors=[FieldError("group", "unknown", message)])
