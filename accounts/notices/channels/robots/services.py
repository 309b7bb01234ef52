"""Adding, trying and removing robots. Who may is who sees them (`queries.robots_visible_to`)."""

from datetime import time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory.models import Department, Role
from accounts.notices.channels.robots.messages import check_address
from accounts.notices.models import ROBOT, Delivery, Notice, Robot
from accounts.notices.queries import robots_visible_to
from accounts.notices.wake import wake_delivery
from accounts.permissions import role_of, scope_of
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit

MOST = 5
"""Robots of one department."""


@transaction.atomic
def add_robot(
    actor: Any,
    *,
    name: str,
    form: str,
    url: str,
    secret: str = "",
    department: Department | None = None,
    quiet_from: time,
    quiet_until: time,
) -> Robot:
    """Have a group told what its department is told. Raises NotPermitted, or BadInput for a host not on the list."""
    _check_may_add(actor, department)
    check_address(url)
    if form != Robot.Form.WECOM and not secret:
        message = _("请填写加签密钥。没有签名，对方分不出消息是不是本站发的。")
        raise BadInput(message, errors=[FieldError("secret", "missing", message)])
    _refuse_too_many(department)
    Robot.objects.filter(
        department=department, is_active=False
    ).delete()  # one that was removed is replaced by this one
    robot = Robot.objects.create(
        name=name,
        form=form,
        url=url,
        secret=secret,
        department=department,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        created_by=actor,
    )
    audit.record(actor, "robot-added", robot, form=form)
    return robot


@transaction.atomic
def remove_robot(actor: Any, robot_id: int) -> None:
    """Tell the group nothing more; messages that wait for it are dropped. It can be restored until another is added."""
    robot = _own(actor, robot_id)
    Robot.objects.filter(pk=robot.pk).update(is_active=False)
    Delivery.objects.filter(robot=robot, state=Delivery.State.WAITING).delete()
    audit.record(actor, "robot-removed", robot)


@transaction.atomic
def restore_robot(actor: Any, robot_id: int) -> None:
    """Undo a removal: from now on the group is told again. Raises NotPermitted, BadInput."""
    robot = _own(actor, robot_id)
    if robot.is_active:
        return
    _refuse_too_many(robot.department)
    check_address(robot.url)
    Robot.objects.filter(pk=robot.pk).update(is_active=True)
    audit.record(actor, "robot-restored", robot)


def _refuse_too_many(department: Department | None) -> None:
    if Robot.objects.filter(department=department, is_active=True).count() >= MOST:
        raise BadInput(_("一个部门最多 %s 个机器人，请先删除不用的。") % MOST, code="too-many")


@transaction.atomic
def try_robot(actor: Any, robot_id: int) -> Delivery:
    """Send a message that says only that the robot works, at any hour; the page shows whether it got through."""
    robot = _own(actor, robot_id)
    now = timezone.now()
    key = f"robot-test:{robot.pk}:{now:%Y%m%d%H%M}"
    notice, _new = Notice.objects.get_or_create(
        recipient=actor,
        key=key,
        defaults={
            "kind": "data-robot-test",
            "title": _("测试消息"),
            "body": _("收到这条消息，说明“%s”可以接收本站的通知。") % robot.name,
            "at": now,
            "read_at": now,
        },
    )
    delivery, _new = Delivery.objects.get_or_create(
        robot=robot, key=key, defaults={"notice": notice, "channel": ROBOT, "not_before": now}
    )
    wake_delivery()
    return delivery


def _check_may_add(actor: Any, department: Department | None) -> None:
    role = role_of(actor)
    own = role == Role.OFFICER and department is not None and actor.department_id == department.pk
    if (
        not (role == Role.ADMIN or own or (role == Role.STAFF and department is None and scope_of(actor) is None))
        or actor.is_service
    ):
        raise NotPermitted(_("只能为本部门添加机器人。"))


def _own(actor: Any, robot_id: int) -> Robot:
    robot = robots_visible_to(actor).filter(pk=robot_id).first()
    if robot is None:
        raise NotPermitted(_("没有这个机器人。"))
    return robot
