"""Notices of the steps of a point: to its followers; of a relapse, also to those who must act."""

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker, staff_inside
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.steps.table import MISS_NOTICE, RELAPSE_NOTICE, STEP_NOTICE, TABLE

_TITLES = {RELAPSE_NOTICE: _("水质反弹：{point}重新挂号整治"), MISS_NOTICE: _("销号后超标：{point}未达到目标类别")}


def followers_of(point: MonitoringPoint) -> QuerySet[User]:
    """Everybody who follows the point, or the water that it is on."""
    follows = Q(followed_points__point=point)
    if point.river_id is not None:
        follows |= Q(followed_rivers__river=point.river_id)
    return User.objects.filter(follows).distinct()


def notify_of_relapse(point: MonitoringPoint, event: RectificationEvent, kind: str = RELAPSE_NOTICE) -> int:
    """Notify followers, the responsible officers and the congress staff that a delisted point fails."""
    people = User.objects.filter(
        Q(pk__in=followers_of(point).values("pk"))
        | Q(role=Role.OFFICER, department=point.department_id)
        | staff_inside(point.area)
    )
    title = format_lazy(_TITLES[kind], point=point.name)
    return notify(people, kind, title, event.note, point.get_absolute_url(), key=f"river-event:{event.pk}")


def notify_of_step(point: MonitoringPoint, event: RectificationEvent, actor: Asker) -> int:
    """Notify followers, but not who took the step; return the number of notices."""
    people = followers_of(point)
    if account := account_of(actor):
        people = people.exclude(pk=account.pk)
    title = format_lazy(_("{point}：{state}"), point=point.name, state=TABLE.label(event.to_status))
    return notify(people, STEP_NOTICE, title, event.note, point.get_absolute_url(), key=f"river-event:{event.pk}")
