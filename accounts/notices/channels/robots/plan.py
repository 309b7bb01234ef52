"""Which group gets a notice, and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.directory.models import Role
from accounts.notices import links
from accounts.notices.models import ROBOT, Delivery, Notice, Robot, Topic
from accounts.notices.quiet import after_quiet
from accounts.permissions import has_role, scope_of

MINUTE, PER_MINUTE = timedelta(minutes=1), 20
"""DingTalk and WeCom take twenty messages a minute from a robot; DingTalk shuts it out for ten minutes after more."""


FOR_GROUPS = frozenset({Topic.MATTER, Topic.RIVER, Topic.PROJECT, Topic.STATION, Topic.DATA})
"""What a group may read. A new topic is nobody's but its reader's until it stands here."""


def plan(notices: Sequence[Notice], people: Mapping[int, Any]) -> list[Delivery]:
    """One message to each robot of the readers' departments; staff without a department have the congress's own.

    Only the topics of `FOR_GROUPS` go to groups, and no address that opens something: a digest or a link for a password
    is one person's own. The congress's robots belong to the staff of the whole district.
    """
    first: dict[int | None, Notice] = {}
    for notice in notices:
        person = people[notice.recipient_id or 0]
        if is_for_groups(notice) and _has_robots(person):
            first.setdefault(person.department_id if person.role == Role.OFFICER else None, notice)
    robots = Robot.objects.filter(is_active=True)
    own = robots.filter(department__in=[pk for pk in first if pk]) | robots.filter(department=None)
    now = timezone.now()
    return [_message(robot, first[robot.department_id], now) for robot in own if robot.department_id in first]


def is_for_groups(notice: Notice) -> bool:
    return notice.topic in FOR_GROUPS and not links.opens_something(notice.url)


def _has_robots(person: Any) -> bool:
    return person.role == Role.OFFICER or (has_role(person, Role.STAFF) and scope_of(person) is None)


def _message(robot: Robot, notice: Notice, now: datetime) -> Delivery:
    when = after_quiet(now, robot.quiet_from, robot.quiet_until)
    return Delivery(notice=notice, channel=ROBOT, robot=robot, key=notice.key, not_before=when)


def must_wait(delivery: Delivery) -> bool:
    """Tell whether the group has had as many messages in the last minute as it takes."""
    lately = Delivery.objects.filter(robot=delivery.robot, tried_at__gt=timezone.now() - MINUTE)
    return lately.exclude(pk=delivery.pk).count() >= PER_MINUTE


def quiet_hours(delivery: Delivery) -> tuple[time, time]:
    assert delivery.robot is not None  # noqa: S101 - a constraint of the table
    return delivery.robot.quiet_from, delivery.robot.quiet_until
