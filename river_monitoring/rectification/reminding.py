"""Reminding the department of a late point, by hand; the nightly escalation comes beside it."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker, is_staff_of
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import points_visible_to

KIND = "river-reminded"
MOST_WORDS = 500


@transaction.atomic
def remind(actor: Asker, point_id: int, text: str = "") -> int:
    """Tell the officers of the point's department that it is late; return how many. Once a day for each point.

    Raises BadInput for what the actor cannot see, NotPermitted for who does not supervise it, and where it is not late.
    """
    points = points_visible_to(actor).select_for_update(of=("self",))
    point = points.filter(pk=point_id).first()
    if point is None:
        raise BadInput(gettext("没有这个点位。"), code="unknown-point")
    if not is_staff_of(actor, point.area, point.geom):
        raise NotPermitted(gettext("催办由本级人大工作人员进行。"))
    if not queries.overdue_points(MonitoringPoint.objects.filter(pk=point.pk)).exists():
        raise NotPermitted(gettext("“%s”没有超期，不用催办。") % point.name, code="not-now")
    officers = User.objects.filter(role=Role.OFFICER, department=point.department_id)
    title = format_lazy(_("催办：{point}已超过整治期限"), point=point.name)
    key = f"river-reminded:{point.pk}:{timezone.localdate()}"
    told = notify(officers, KIND, title, text[:MOST_WORDS], point.get_absolute_url(), key=key)
    if not told:
        raise NotPermitted(gettext("今天已经催办过，或者这个单位没有联络员账号。"), code="not-now")
    audit.record(actor, "point-reminded", point, told=told)
    return told
