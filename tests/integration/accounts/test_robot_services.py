"""Who adds, tries and removes a group's robot: the department's own officers, and nobody with another's."""

import pytest

from accounts.models import Delivery, Robot, RobotHost
from accounts.notices.channels.robots import services
from geokit.refusal import BadInput, NotPermitted

pytestmark = pytest.mark.django_db
HOST = "robot.example.org"


@pytest.fixture
def add(officer):
    RobotHost.objects.create(host=HOST)

    def add_(actor=officer, **changes):
        words = {"name": "群", "form": "dingtalk", "url": f"https://{HOST}/send", "secret": "s"}
        words |= {"department": officer.department, "quiet_from": "22:00", "quiet_until": "07:00"}
        return services.add_robot(actor, **words | changes)

    return add_


def test_an_officer_adds_tries_and_removes_her_departments_robot(add, officer):
    robot = add()
    assert (robot.created_by, robot.department) == (officer, officer.department)
    first, again = services.try_robot(officer, robot.pk), services.try_robot(officer, robot.pk)
    assert first.notice.recipient == again.notice.recipient == officer
    assert Delivery.objects.filter(robot=robot).exists()
    services.remove_robot(officer, robot.pk)
    assert not Robot.objects.filter(is_active=True).exists()
    assert not Delivery.objects.exists()


def test_a_removal_is_undone_until_another_is_added(add, officer):
    robot = add()
    services.remove_robot(officer, robot.pk)
    services.restore_robot(officer, robot.pk)
    assert Robot.objects.get().is_active
    services.remove_robot(officer, robot.pk)
    for _number in range(services.MOST):
        add()
    assert not Robot.objects.filter(pk=robot.pk).exists()
    with pytest.raises(NotPermitted):
        services.restore_robot(officer, robot.pk)


def test_no_more_are_restored_than_a_department_may_have(add, officer):
    robots = [add() for _number in range(services.MOST)]
    Robot.objects.filter(pk=robots[0].pk).update(is_active=False)
    Robot.objects.create(
        name="第六个", form="wecom", url=f"https://{HOST}/6", department=officer.department, created_by=officer
    )
    with pytest.raises(BadInput, match="5"):
        services.restore_robot(officer, robots[0].pk)


def test_nobody_adds_one_for_others(add, deputy):
    with pytest.raises(NotPermitted):
        add(deputy)
    with pytest.raises(NotPermitted):
        add(department=None)
    assert not Robot.objects.exists()


@pytest.mark.parametrize("step", [services.try_robot, services.remove_robot, services.restore_robot])
def test_nobody_elses_robot_is_tried_or_removed(add, officer, admin_user, deputy, step):
    congress = add(admin_user, department=None)
    for stranger, robot in ((officer, congress), (deputy, add())):
        with pytest.raises(NotPermitted):
            step(stranger, robot.pk)
    assert Robot.objects.count() == 2
    assert not Delivery.objects.exists()


def test_without_a_secret_only_wecom_is_added(add):
    with pytest.raises(BadInput) as refused:
        add(secret="")
    assert [error.field for error in refused.value.errors] == ["secret"]
    assert add(form="wecom", secret="").pk


def test_a_sixth_robot_of_a_department_is_refused(add):
    for _number in range(services.MOST):
        add()
    with pytest.raises(BadInput, match="5"):
        add()
    assert Robot.objects.count() == services.MOST
