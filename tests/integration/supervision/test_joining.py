"""Forward, recall, co-handle, merge and undo, split, link, say: each with who may not and when not."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Notice, Role, User
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from stations.models import Station
from supervision.matters import services
from supervision.matters.permissions import Reporter, findings_visible_to, suggestions_visible_to
from supervision.matters.services.filing import submit
from supervision.models import CoHandling, Finding, RoutingRule, Suggestion

pytestmark = pytest.mark.django_db


def at(day):
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")), tick=False)


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def received(world, staff):
    """What somebody reported without an account."""
    finding = Finding.objects.create(
        client_id="6f1b3f1e-0000-4000-8000-000000000001",
        category="environment",
        text="河边有垃圾堆",
        geom=world.west_town.point,
        area=world.west_town,
        seen_at=datetime(2026, 3, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    return submit(finding, "received")


@pytest.fixture
def twin(deputy, point, file_finding):
    """Another matter about the same water."""
    return file_finding(deputy, point_code=point.code, text="又有油污").suggestion


def test_what_the_public_reports_is_looked_at_and_then_goes_where_the_rules_send_it(received, staff, world, officer):
    assert (received.state, received.author, received.events.get().by_reporter) == ("received", None, True)
    assert told(staff) == ["matter-received"]
    RoutingRule.objects.create(category="environment", department=world.water)
    accepted = services.accept(staff, received.pk, version=1)
    assert (accepted.state, accepted.department) == ("assigned", world.water)
    assert told(officer) == ["matter-assigned"]


def test_no_deputy_sees_what_staff_have_not_looked_at_even_about_a_public_point(received, staff, deputy, point):
    services.link(staff, received.pk, kind="point", code="P1")
    assert not suggestions_visible_to(deputy).exists()
    assert not findings_visible_to(deputy).exists()
    services.accept(staff, received.pk, version=1)
    assert suggestions_visible_to(deputy).get() == received


def test_declining_needs_a_reason_and_can_be_taken_back(received, staff):
    with pytest.raises(MissingEvidence):
        services.decline(staff, received.pk, version=1, text=" ")
    services.decline(staff, received.pk, version=1, text="属于个人纠纷")
    with pytest.raises(NotPermitted, match="不予受理"):
        services.accept(staff, received.pk, version=2)
    assert services.reconsider(staff, received.pk, version=2, text="补充了公共影响").state == "submitted"


def test_whoever_holds_the_private_link_rates_until_a_deputy_adopts(received, staff, officer, deputy, world):
    RoutingRule.objects.create(category="environment", department=world.water)
    services.accept(staff, received.pk, version=1)
    services.reply(officer, received.pk, version=2, text="已清运", result="A")
    with pytest.raises(NotPermitted):
        services.rate(deputy, received.pk, version=3, handling="fairly", outcome="fairly")
    with pytest.raises(BadInput):
        services.rate(Reporter(received.pk + 1), received.pk, version=3, handling="fairly", outcome="fairly")
    rated = services.rate(Reporter(received.pk), received.pk, version=3, handling="fairly", outcome="satisfied")
    event = rated.events.last()
    assert (rated.state, event.by_reporter, event.actor) == ("closed", True, None)


def test_a_department_passes_on_what_is_not_its_own_without_gaining_time(
    assigned, officer, other_officer, staff, world
):
    due = assigned.due_on
    services.ask_forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")
    passed = services.hand_on(staff, assigned.pk, version=2, department=world.ecology)
    assert (passed.state, passed.department, passed.due_on) == ("assigned", world.ecology, due)
    services.ask_return(other_officer, assigned.pk, version=3, text="都不是")
    assert services.return_to_staff(staff, assigned.pk, version=4).state == "returned"


def test_after_ten_days_a_department_neither_returns_nor_passes_on(assigned, officer, world):
    with at(assigned.returnable_until + timedelta(days=1)), pytest.raises(NotPermitted, match="已过"):
        services.ask_forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")


def test_staff_forward_with_new_clocks_and_not_to_the_same_department(assigned, staff, world):
    with at(assigned.returnable_until + timedelta(days=20)):
        with pytest.raises(BadInput, match="已由"):
            services.forward(staff, assigned.pk, version=1, department=world.water, text="再办")
        moved = services.forward(staff, assigned.pk, version=1, department=world.ecology, text="职责调整")
    assert moved.due_on > assigned.due_on


def test_staff_take_a_matter_back_and_the_department_no_longer_sees_it(assigned, staff, officer):
    recalled = services.recall(staff, assigned.pk, version=1, text="交办有误")
    assert (recalled.state, recalled.department, recalled.due_on) == ("submitted", None, None)
    assert not suggestions_visible_to(officer).exists()
    assert told(officer)[-1] == "matter-recalled"


def test_a_co_handler_sees_the_matter_and_gives_one_opinion(assigned, officer, other_officer, world, deputy):
    with pytest.raises(NotPermitted):
        services.ask_co(deputy, assigned.pk, version=1, department=world.ecology)
    services.ask_co(officer, assigned.pk, version=1, department=world.ecology, text="请提供监测数据")
    assert findings_visible_to(other_officer).get() == assigned.finding
    with pytest.raises(NotPermitted):
        services.reply(other_officer, assigned.pk, version=2, text="代为答复", result="A")
    with pytest.raises(MissingEvidence):
        services.co_reply(other_officer, assigned.pk, text="")
    services.co_reply(other_officer, assigned.pk, text="数据见附表")
    with pytest.raises(NotPermitted):
        services.co_reply(other_officer, assigned.pk, text="再补一句")
    assert CoHandling.objects.get().opinion == "数据见附表"
    assert told(officer)[-1] == "matter-co_replied"
    # The opinion does not spoil the form that the lead has open.
    services.reply(officer, assigned.pk, version=2, text="已办", result="A")


def test_the_lead_and_one_already_asked_cannot_be_asked(assigned, staff, world):
    services.ask_co(staff, assigned.pk, version=1, department=world.ecology)
    for department, code in ((world.water, "same-department"), (world.ecology, "asked-already")):
        with pytest.raises(BadInput) as caught:
            services.ask_co(staff, assigned.pk, version=2, department=department)
        assert caught.value.code == code


def test_a_merged_matter_follows_the_other_and_its_author_hears_the_answer(assigned, twin, staff, officer):
    other_deputy = User.objects.create_user("b-deputy", role=Role.DEPUTY)
    Suggestion.objects.filter(pk=twin.pk).update(author=other_deputy)
    merged = services.merge(staff, twin.pk, version=1, other=assigned)
    assert (merged.state, merged.merged_into) == ("merged", assigned)
    assert [e.verb for e in assigned.events.all()][-1] == "absorbed"
    with pytest.raises(NotPermitted, match="已并案"):
        services.reply(officer, twin.pk, version=2, text="已办", result="A")
    services.reply(officer, assigned.pk, version=1, text="已办", result="A")
    assert told(other_deputy)[-1] == "matter-replied"
    assert suggestions_visible_to(other_deputy).filter(pk=assigned.pk).exists()
    with pytest.raises(NotPermitted):
        services.rate(other_deputy, assigned.pk, version=2, handling="fairly", outcome="fairly")


def test_the_author_of_a_merged_matter_hears_that_the_other_is_not_taken_up(unrouted, file_finding, deputy, staff):
    other_deputy = User.objects.create_user("b-deputy", role=Role.DEPUTY)
    twin = file_finding(other_deputy, text="又有油污").suggestion
    services.merge(staff, twin.pk, version=1, other=unrouted)
    services.decline(staff, unrouted.pk, version=1, text="属于个人纠纷")
    assert told(other_deputy)[-1] == "matter-declined"
    services.reconsider(staff, unrouted.pk, version=2, text="补充了公共影响")
    assert told(other_deputy)[-1] == "matter-reconsidered"


def test_undoing_a_merge_gives_back_the_time_for_returning_and_that_of_the_staff(
    deputy, point, staff, officer, file_finding
):
    with at(date(2026, 3, 2)):
        one, two = (file_finding(deputy, point_code=point.code, text=text).suggestion for text in ("一", "二"))
        waiting = file_finding(deputy, text="三").suggestion
        assert (two.returnable_until, waiting.notice_due_on) == (date(2026, 3, 12), date(2026, 3, 9))
        services.merge(staff, two.pk, version=1, other=one)
        services.merge(staff, waiting.pk, version=1, other=one)
    with at(date(2026, 4, 7)):
        two = services.unmerge(staff, two.pk, version=2, text="不是同一处")
        waiting = services.unmerge(staff, waiting.pk, version=2, text="不是同一处")
        assert (two.returnable_until, waiting.notice_due_on) == (date(2026, 4, 17), date(2026, 4, 14))
        services.ask_return(officer, two.pk, version=3, text="不是我们的")


def test_undoing_a_merge_gives_back_state_and_the_time_that_was_left(deputy, point, staff, file_finding):
    with at(date(2026, 3, 2)):
        one, two = (file_finding(deputy, point_code=point.code, text=text).suggestion for text in ("一", "二"))
        services.merge(staff, two.pk, version=1, other=one)
    with at(date(2026, 3, 20)):
        undone = services.unmerge(staff, two.pk, version=2, text="不是同一处")
    assert (undone.state, undone.merged_into, undone.department) == ("assigned", None, point.department)
    assert undone.due_on == date(2026, 6, 22)  # 18 days on is a Saturday, of the holidays of Dragon Boat
    assert [e.verb for e in one.events.all()][-2:] == ["absorbed", "released"]


def test_a_matter_is_not_merged_into_itself_nor_into_one_that_has_ended_nor_with_others_in_it(
    assigned, twin, staff, officer, deputy, file_finding
):
    with pytest.raises(BadInput, match="自己"):
        services.merge(staff, assigned.pk, version=1, other=assigned)
    services.merge(staff, twin.pk, version=1, other=assigned)
    third = file_finding(deputy, text="第三件").suggestion
    with pytest.raises(NotPermitted, match="并入本件"):
        services.merge(staff, assigned.pk, version=1, other=third)
    with pytest.raises(NotPermitted, match="已并案"):
        services.merge(staff, third.pk, version=1, other=twin)
    services.reply(officer, assigned.pk, version=1, text="已办", result="A")
    services.rate(deputy, assigned.pk, version=2, handling="fairly", outcome="fairly")
    with pytest.raises(NotPermitted, match="已办结"):
        services.merge(staff, third.pk, version=1, other=assigned)
    assert Suggestion.objects.get(pk=third.pk).state == "submitted"


def test_a_part_is_a_matter_of_its_own_that_goes_by_its_category(assigned, staff, world, other_officer, deputy):
    RoutingRule.objects.create(category="social", department=world.ecology)
    with pytest.raises(MissingEvidence) as caught:
        services.split(staff, assigned.pk, version=1, title="", text="")
    assert [error.field for error in caught.value.errors] == ["title", "text"]
    part = services.split(staff, assigned.pk, version=1, title="异味", text="居民反映异味", category="social")
    assert (part.split_from, part.author, part.area) == (assigned, deputy, assigned.area)
    assert (part.state, part.department, part.source) == ("assigned", world.ecology, assigned.finding)
    assert findings_visible_to(other_officer).get() == assigned.finding
    assert not suggestions_visible_to(other_officer).filter(pk=assigned.pk).exists()
    with pytest.raises(StaleEdit):
        services.split(staff, assigned.pk, version=1, title="再拆", text="再拆一件")


def test_a_department_cannot_split_or_merge(assigned, twin, officer):
    for step, given in ((services.split, {"title": "一", "text": "二"}), (services.merge, {"other": twin})):
        with pytest.raises(NotPermitted):
            step(officer, assigned.pk, version=1, **given)


def test_a_matter_is_linked_once_to_what_it_is_about(unrouted, staff, deputy, point, candidate, world):
    Station.objects.create(code="S1", name="望春站", area=world.west_town, geom=point.geom)
    first = services.link(staff, unrouted.pk, kind="point", code="P1")
    assert services.link(deputy, unrouted.pk, kind="point", code="P1") == first
    services.link(staff, unrouted.pk, kind="station", code="S1")
    assert [e.verb for e in unrouted.events.all()][-2:] == ["linked", "linked"]
    for kind, code in (("point", "NONE"), ("user", "P1"), ("project", "M2")):
        with pytest.raises(BadInput, match="没有编号"):
            services.link(deputy, unrouted.pk, kind=kind, code=code)
    services.unlink(staff, unrouted.pk, link_id=first.pk)
    with pytest.raises(BadInput):
        services.unlink(staff, unrouted.pk, link_id=first.pk)


def test_what_somebody_adds_reaches_everybody_concerned_and_no_stranger_adds(assigned, deputy, officer, gis, staff):
    services.say(deputy, assigned.pk, text="今早又有")
    assert told(officer)[-1] == told(staff)[-1] == "matter-said"
    stranger = User.objects.create_user("b-deputy", role=Role.DEPUTY)
    with pytest.raises(NotPermitted):
        services.say(stranger, assigned.pk, text="我也说一句")
    with pytest.raises(BadInput):
        services.say(gis, assigned.pk, text="我也说一句")


def test_staff_of_a_town_see_to_their_town_only(assigned, deputy, file_finding, world):
    east = User.objects.create_user("east", role=Role.STAFF, area=world.east_town)
    assert not suggestions_visible_to(east).exists()
    assert not findings_visible_to(east).exists()
    with pytest.raises(BadInput, match="没有编号"):
        services.recall(east, assigned.pk, version=1, text="收回")
    mine = file_finding(deputy, lon=121.38, lat=29.85)
    assert suggestions_visible_to(east).get() == mine.suggestion


def test_a_reply_after_closing_is_refused(replied, deputy, officer):
    services.rate(deputy, replied.pk, version=2, handling="fairly", outcome="fairly")
    with pytest.raises(NotPermitted, match="已办结"):
        services.reply(officer, replied.pk, version=3, text="再答复", result="A")
    with pytest.raises(NotPermitted, match="已办结"):
        services.rate(deputy, replied.pk, version=3, handling="satisfied", outcome="satisfied")
