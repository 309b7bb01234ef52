"""One person is deputy and officer at once: she sees and may what both may, and nobody gets hers from a cache."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notice, Robot, Role, User
from inspections.patrols.permissions import may_patrol, patrols_visible_to
from supervision.findings.permissions import may_report
from supervision.matters import services
from supervision.matters.permissions import person_of, suggestions_visible_to
from supervision.models import Suggestion
from supervision.public.permissions import may_adopt
from supervision.vector_layers import findings_audience
from tests.data.cast import person, seat


@pytest.fixture
def both(world: Any) -> User:
    """The officer of the water department, who is a deputy of the district too."""
    user = person("both", Role.OFFICER, department=world.water)
    seat(user, world.district)
    return user


def test_an_officer_who_sits_may_what_a_deputy_and_what_an_officer_may(both: User, officer: User) -> None:
    for may in (may_report, may_adopt, may_patrol):
        assert may(both) and not may(officer), may.__name__
    assert person_of(both).sits and person_of(both).role == "officer" and not person_of(officer).sits
    assert findings_audience(both) == f"user-{both.pk}" != findings_audience(officer)
    assert not patrols_visible_to(both).exists()


def _matter(number: str, author: User, department: Any) -> Suggestion:
    return Suggestion.objects.create(
        number=number, title="水面有油污", text="水面有油污", category="environment", author=author,
        department=department, state="assigned", submitted_at=timezone.now(), due_on="2099-01-01",
    )  # fmt: skip


def test_her_list_of_matters_has_what_she_filed_and_what_her_department_answers(
    both: User, officer: User, deputy: User, world: Any
) -> None:
    filed = _matter("2026-00001", both, world.ecology)
    assigned = _matter("2026-00002", deputy, world.water)
    foreign = _matter("2026-00003", deputy, world.ecology)
    assert set(suggestions_visible_to(both)) == {filed, assigned}
    assert set(suggestions_visible_to(officer)) == {assigned}
    assert foreign not in suggestions_visible_to(both)


def test_staff_who_sit_stay_staff(world: Any) -> None:
    user = person("staff-who-sits", Role.STAFF, area=world.west_town)
    seat(user, world.west_town)
    assert may_adopt(user) and may_report(user)
    assert person_of(user).role == "staff"


def test_what_becomes_of_her_matter_is_not_posted_to_her_departments_group(
    world, officer, other_officer, admin_user, point, file_finding
):
    """The department in charge is told in its group; where she works is none of her matter's."""
    seat(other_officer, world.district)
    groups = {
        department: Robot.objects.create(
            name="群", form="wecom", department=department, url="https://qyapi.weixin.qq.com/x", created_by=admin_user
        )
        for department in (world.water, world.ecology)
    }
    matter = file_finding(other_officer, point_code=point.code).suggestion
    services.reply(officer, matter.pk, version=matter.version, text="已清除油污", result="A")
    told = set(Notice.objects.filter(recipient=other_officer).values_list("kind", flat=True))
    assert {"matter-assigned", "matter-replied"} <= told
    assert not groups[world.ecology].deliveries.exists()
    assert [one.notice.kind for one in groups[world.water].deliveries.all()] == ["matter-assigned"]


def test_a_department_in_charge_is_told_in_its_group_also_where_its_officer_filed_it(
    world, officer, admin_user, point, file_finding
):
    seat(officer, world.district)
    group = Robot.objects.create(
        name="群", form="wecom", department=world.water, url="https://qyapi.weixin.qq.com/x", created_by=admin_user
    )
    file_finding(officer, point_code=point.code)
    assert [one.notice.kind for one in group.deliveries.all()] == ["matter-assigned"]
