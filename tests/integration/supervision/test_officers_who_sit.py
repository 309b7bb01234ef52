"""One person is deputy and officer at once: she sees and may what both may, and nobody gets hers from a cache."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Notice, Robot, Role, User
from geokit.refusal import NotPermitted
from inspections.patrols.permissions import may_patrol, patrols_visible_to
from supervision.desk.turn import turn_of
from supervision.findings.permissions import may_report
from supervision.matters import services
from supervision.matters.permissions import person_of, suggestions_visible_to
from supervision.models import Finding, Suggestion
from supervision.public.permissions import may_adopt, unadopted_matters
from supervision.public.services import adopt
from supervision.vector_layers import findings_audience
from tests.data.cast import person, seat
from tests.integration.supervision.inbox.asked import kinds


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


def test_she_rates_no_answer_of_her_own_department_and_takes_up_nothing_that_it_answers(
    both: User, officer: User, deputy: User, staff: User, world: Any
) -> None:
    own = _matter("2026-00001", both, world.water)
    services.reply(officer, own.pk, version=1, text="已办", result="A")
    for outcome, text in (("satisfied", ""), ("dissatisfied", "没有办")):
        with pytest.raises(NotPermitted, match="您所在的单位"):
            services.rate(both, own.pk, version=2, handling="satisfied", outcome=outcome, text=text)
    assert kinds(both) == {}
    assert "提出人在主办单位工作" in turn_of(Suggestion.objects.get(pk=own.pk))
    reported, elsewhere = (_reported(number, world) for number in (2, 3))
    services.assign(staff, reported.pk, version=1, department=world.water)
    services.assign(staff, elsewhere.pk, version=1, department=world.ecology)
    assert list(unadopted_matters(both)) == [elsewhere]
    with pytest.raises(NotPermitted, match="您所在的单位"):
        adopt(both, reported.pk, version=2)
    assert adopt(both, elsewhere.pk, version=2).author == both
    assert adopt(deputy, reported.pk, version=2).author == deputy


def _reported(number: int, world: Any) -> Suggestion:
    """What a citizen reported and nobody has taken up."""
    finding = Finding.objects.create(
        client_id=uuid4(), category="environment", text="河边有垃圾", geom=world.west_town.point,
        area=world.west_town, seen_at=timezone.now(),
    )  # fmt: skip
    return Suggestion.objects.create(
        number=f"2026-0000{number}", finding=finding, title="河边有垃圾", text="河边有垃圾", category="environment",
        area=world.west_town, state="submitted", submitted_at=timezone.now(),
    )  # fmt: skip


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
