"""Escalation of late points from level to level: department, village, town, district, city.

浙江省河长制规定 names the levels (村 -> 乡 -> 县 and its departments -> 市) and leaves the days open:
the rules `escalation.<level>_days` set how many days after the deadline each level is notified, below zero as a
reminder. What is watched is the deadline of the works of a listed point, and the day by which a delisted one must be
looked at again. Each level is notified once of each deadline, however often the job runs; a new deadline begins anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.models import Department, Role, User
from accounts.notices import notify
from accounts.permissions import district_staff
from river_monitoring.network.models import Chief
from river_monitoring.points import chiefs
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.queries import suspended_by_its_own
from river_monitoring.rectification.delisting import look_back_due
from river_monitoring.rectification.models import Escalation
from river_monitoring.steps.table import OPEN, State
from ui.text.days import day_in_words

Level, About = Escalation.Level, Escalation.About
CHIEFS_OF = {
    Level.VILLAGE: Chief.Level.VILLAGE,
    Level.TOWN: Chief.Level.TOWN,
    Level.DISTRICT: Chief.Level.COUNTY,
    Level.CITY: Chief.Level.CITY,
}
MAX_RECIPIENTS_TEXT = 200


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something must be done for a point."""

    point: MonitoringPoint
    about: Escalation.About
    due_on: date

    def days_late(self, today: date) -> int:
        return (today - self.due_on).days


@transaction.atomic
def escalate(today: date | None = None) -> list[Escalation]:
    """Notify every level that is due by `today` and was not notified; return what was written now."""
    day, book = today or timezone.localdate(), rules.book()
    notified = set(Escalation.objects.values_list("point", "about", "level", "due_on"))
    return [
        _escalate_to(deadline, level, day, book)
        for deadline in deadlines()
        for level in levels_for(deadline.days_late(day), book)
        if (deadline.point.pk, deadline.about, level, deadline.due_on) not in notified
    ]


def levels_for(days_late: int, book: rules.Book) -> list[Escalation.Level]:
    """Return the levels that are due for something so many days late (below zero: still to come)."""
    return [level for level in Level if days_late >= book.value(f"escalation.{level}_days")]


def deadlines() -> Iterator[Deadline]:
    """Every running deadline: of works, and of looking back."""
    book = rules.book()
    points = MonitoringPoint.objects.select_related("department", "area", "village").order_by("pk")
    for point in points.filter(status__in=OPEN, due_on__isnull=False).select_for_update(of=("self",)):
        if point.due_on is not None:  # the query ensures it; mypy does not know
            yield Deadline(point, About.WORKS, point.due_on)
    for point in points.filter(suspended_by_its_own(), due_on__isnull=False):
        if point.due_on is not None:
            yield Deadline(point, About.WORKS, point.due_on)
    for point in points.filter(status=State.DELISTED):
        if (due := look_back_due(point, book)) is not None:
            yield Deadline(point, About.LOOK_BACK, due)


def _escalate_to(deadline: Deadline, level: Escalation.Level, today: date, book: rules.Book) -> Escalation:
    point = deadline.point
    escalation = Escalation.objects.create(
        point=point,
        at=timezone.now(),
        level=level,
        about=deadline.about,
        due_on=deadline.due_on,
        days_late=deadline.days_late(today),
        told=recipients_in_words(point, level)[:MAX_RECIPIENTS_TEXT],
        basis=book.basis(f"escalation.{level}_days"),
    )
    title, body = _words(escalation)
    notify(
        recipients(point, level),
        "river-overdue",
        title,
        body,
        point.get_absolute_url(),
        key=f"river-escalation:{escalation.pk}",
    )
    return escalation


def _words(escalation: Escalation) -> tuple[Any, Any]:
    names = {"point": escalation.point.name, "about": About(escalation.about).label, "days": abs(escalation.days_late)}
    title = _("{point}：{about}已过{days}天") if escalation.days_late > 0 else _("{point}：{about}还有{days}天")
    body = _("期限是{day}，责任部门是{department}。")
    return format_lazy(title, **names), format_lazy(
        body, day=day_in_words(escalation.due_on), department=escalation.point.department.name
    )


def recipients(point: MonitoringPoint, level: Escalation.Level) -> set[User]:
    """Return the accounts that are notified at a level, always with the officers of the responsible department."""
    mine = Q(role=Role.OFFICER, department=point.department_id)
    others = {
        Level.DEPARTMENT: Q(),
        Level.VILLAGE: Q(area=point.village_id) if point.village_id else Q(),
        Level.TOWN: Q(role=Role.OFFICER, department__area=point.area_id),
        Level.DISTRICT: district_staff(point.area),
        # The city has no accounts here: the congress staff pass it on.
        Level.CITY: district_staff(point.area),
    }[level]
    return set(User.objects.filter(mine | others if others else mine))


def recipients_in_words(point: MonitoringPoint, level: Escalation.Level) -> str:
    """Whom the public history names: offices, and chiefs as they stand on the signboard."""
    offices = {
        Level.DEPARTMENT: [point.department.name],
        Level.VILLAGE: [],
        Level.TOWN: [found.name for found in Department.objects.filter(area=point.area_id).order_by("code")],
        Level.DISTRICT: [point.department.name, gettext("人大工作人员")],
        Level.CITY: [gettext("市级主管部门")],
    }[level]
    named = chiefs.of_point(point).filter(level=CHIEFS_OF.get(level, ""), duty=Chief.Duty.CHIEF)
    offices += [
        gettext("%(level)s河长%(name)s") % {"level": one.get_level_display(), "name": one.name} for one in named
    ]
    return gettext("、").join(offices) or gettext("%(level)s河长（未登记）") % {"level": level.label}
