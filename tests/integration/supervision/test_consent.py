"""Returning and extending need the assigner's consent: asked with a reason, decided by the staff, no clock stops."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice, Role, User
from geo_portal.work.inbox import Choice, look
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, Refusal
from ledger import chain
from supervision.matters import services
from supervision.matters.extensions import latest_day
from supervision.matters.queries import open_request
from supervision.public.timeline import public_timeline

pytestmark = pytest.mark.django_db
DECISIONS = (services.return_to_staff, services.refuse_request)


@pytest.fixture
def town_staff(world):
    """Staff of the town that the matter is in, and of another town."""
    return [
        User.objects.create_user(f"town-{area.pk}", role=Role.STAFF, area=area)
        for area in (world.west_town, world.east_town)
    ]


@pytest.fixture
def return_asked(assigned, officer):
    return services.ask_return(officer, assigned.pk, version=1, text="属于生态环境")


@pytest.fixture
def until(assigned):
    return assigned.due_on + timedelta(days=20)


@pytest.fixture
def extend_asked(assigned, officer, until):
    return services.ask_extension(officer, assigned.pk, version=1, until=until, text="汛期无法施工")


@pytest.fixture
def forward_asked(assigned, officer, world):
    return services.ask_forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")


def waits(user):
    found = look(user, Choice(), timezone.localdate())
    return {one.kind: count for one, count in found.kinds}.get("matters-to-decide", 0)


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def test_a_request_moves_nothing_and_waits_for_the_staff(staff, return_asked, assigned, officer):
    due = assigned.due_on
    assert (return_asked.state, return_asked.due_on, return_asked.paused_on) == ("assigned", due, None)
    assert (waits(staff), waits(officer)) == (1, 0)
    assert told(staff)[-1] == "matter-return_asked"


def test_staff_of_the_town_decide_and_those_of_another_never_see_it(return_asked, town_staff):
    west, east = town_staff
    assert (waits(west), waits(east)) == (1, 0)
    for decide in DECISIONS:
        with pytest.raises(BadInput):
            decide(east, return_asked.pk, version=2, text="同意")
    assert services.return_to_staff(west, return_asked.pk, version=2).state == "returned"


@pytest.mark.parametrize("cast", ["officer", "other_officer", "deputy", "gis"])
def test_nobody_else_decides(return_asked, cast, request):
    person = request.getfixturevalue(cast)
    for decide in DECISIONS:
        with pytest.raises(Refusal):
            decide(person, return_asked.pk, version=2, text="同意")
    return_asked.refresh_from_db()
    assert return_asked.state == "assigned"
    assert open_request(return_asked).verb == "return_asked"


@pytest.mark.parametrize("cast", ["officer", "other_officer", "deputy", "gis"])
def test_nobody_else_extends(extend_asked, until, cast, request):
    with pytest.raises(Refusal):
        services.extend(request.getfixturevalue(cast), extend_asked.pk, version=2, until=until)
    extend_asked.refresh_from_db()
    assert extend_asked.due_on < until


@pytest.mark.parametrize("cast", ["other_officer", "deputy", "staff"])
def test_only_the_handler_asks_and_takes_back(assigned, cast, request):
    person = request.getfixturevalue(cast)
    with pytest.raises(Refusal):
        services.ask_return(person, assigned.pk, version=1, text="x")
    with pytest.raises(Refusal):
        services.ask_extension(person, assigned.pk, version=1, until=assigned.due_on + timedelta(days=1), text="x")
    officer = request.getfixturevalue("officer")
    services.ask_return(officer, assigned.pk, version=1, text="x")
    with pytest.raises(Refusal):
        services.drop_request(person, assigned.pk, version=2)


def test_consent_sends_it_back_to_routing_and_both_are_told(return_asked, staff, officer):
    matter = services.return_to_staff(staff, return_asked.pk, version=2)
    assert (matter.state, matter.department, matter.due_on) == ("returned", None, None)
    assert told(officer)[-1] == "matter-returned"
    assert waits(staff) == 0
    assert chain.verify().faults == ()


def test_a_refusal_has_a_reason_and_leaves_the_day(return_asked, staff, officer):
    due = return_asked.due_on
    with pytest.raises(MissingEvidence):
        services.refuse_request(staff, return_asked.pk, version=2, text=" ")
    matter = services.refuse_request(staff, return_asked.pk, version=2, text="河道归水利")
    assert (matter.state, matter.due_on, open_request(matter)) == ("assigned", due, None)
    assert told(officer)[-1] == "matter-ask_refused"


def test_one_waits_at_a_time_and_the_handler_takes_it_back(return_asked, officer, staff, until):
    with pytest.raises(NotPermitted, match="等待人大决定"):
        services.ask_extension(officer, return_asked.pk, version=2, until=until, text="来不及")
    services.drop_request(officer, return_asked.pk, version=2)
    with pytest.raises(NotPermitted):
        services.return_to_staff(staff, return_asked.pk, version=3)
    assert services.ask_extension(officer, return_asked.pk, version=3, until=until, text="来不及").version == 4


def test_an_answer_ends_the_request(return_asked, officer, staff):
    services.reply(officer, return_asked.pk, version=2, text="已清除", result="A")
    assert open_request(return_asked) is None
    assert waits(staff) == 0
    with pytest.raises(NotPermitted):
        services.return_to_staff(staff, return_asked.pk, version=3)


def test_a_granted_day_is_the_day_and_stands_in_the_history(extend_asked, until, staff, officer):
    old = extend_asked.due_on
    matter = services.extend(staff, extend_asked.pk, version=2, until=until - timedelta(days=5))
    event = matter.events.get(verb="extended")
    assert matter.due_on == event.due_on == until - timedelta(days=5)
    assert (event.clock, event.basis["days"]) == ("reply", (matter.due_on - old).days)
    assert told(officer)[-1] == "matter-extended"
    assert chain.verify().faults == ()


def test_a_request_does_not_end_a_pause(assigned, staff, officer):
    services.pause(staff, assigned.pk, version=1, text="等雨停")
    assert services.ask_return(officer, assigned.pk, version=2, text="不是我们的").paused_on is not None
    assert services.refuse_request(staff, assigned.pk, version=3, text="是你们的").paused_on is not None


def test_all_extensions_together_stay_within_the_rule(assigned, staff, officer):
    begun, limit = assigned.due_on, assigned.due_on + timedelta(days=30)
    assert latest_day(assigned) == limit
    first = begun + timedelta(days=20)
    services.ask_extension(officer, assigned.pk, version=1, until=first, text="汛期")
    with pytest.raises(BadInput, match="最迟"):
        services.extend(staff, assigned.pk, version=2, until=limit + timedelta(days=1))
    services.extend(staff, assigned.pk, version=2, until=first)
    with pytest.raises(BadInput, match="最迟"):
        services.ask_extension(officer, assigned.pk, version=3, until=limit + timedelta(days=1), text="汛期")
    services.ask_extension(officer, assigned.pk, version=3, until=limit, text="汛期")
    assert services.extend(staff, assigned.pk, version=4, until=limit).due_on == limit
    assigned.refresh_from_db()
    assert latest_day(assigned) == limit


def test_no_rule_extends_a_reply_beyond_six_months(unrouted, staff, officer, world, set_rule):
    set_rule("matters.extension_days", 366)
    wide = services.assign(staff, unrouted.pk, version=1, department=world.water, wide=True)
    assert latest_day(wide) == wide.due_on
    with pytest.raises(BadInput):
        services.ask_extension(officer, wide.pk, version=2, until=wide.due_on + timedelta(days=1), text="来不及")


@pytest.mark.parametrize("days", [0, -1])
def test_an_extension_is_to_a_later_day(assigned, officer, days):
    with pytest.raises(BadInput, match="之后"):
        services.ask_extension(
            officer, assigned.pk, version=1, until=assigned.due_on + timedelta(days=days), text="来不及"
        )
    with pytest.raises(MissingEvidence):
        services.ask_extension(officer, assigned.pk, version=1, until=None, text="来不及")


def test_by_page_and_api_the_wished_day_is_asked_and_granted(assigned, officer, staff, as_user, until):
    address = reverse("supervision:step", args=[assigned.number, "ask_extension"])
    sent = {"version": 1, "until": date(2099, 1, 1).isoformat(), "text": "汛期"}
    assert as_user(officer).post(address, sent).status_code == 400
    assert as_user(officer).post(address, sent | {"until": until.isoformat()}).status_code == 302
    assert f'value="{until.isoformat()}"' in as_user(staff).get(f"/suggestions/{assigned.number}/").text
    steps = f"/api/v1/suggestions/{assigned.number}/steps/"
    sent = {"verb": "extend", "version": 2, "until": until.isoformat()}
    assert as_user(officer).post(steps, sent, content_type="application/json").status_code == 403
    granted = as_user(staff).post(steps, sent, content_type="application/json").json()
    assert granted["due_on"] == until.isoformat()


def test_a_department_never_passes_a_matter_on_by_itself(assigned, officer, other_officer, world):
    with pytest.raises(NotPermitted):
        services.forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")
    services.ask_forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")
    with pytest.raises(Refusal):
        services.hand_on(officer, assigned.pk, version=2, department=world.ecology)
    assigned.refresh_from_db()
    assert assigned.department == world.water
    assert not told(other_officer)


def test_passing_on_waits_for_the_staff_of_the_town(town_staff, forward_asked, staff, officer):
    west, east = town_staff
    assert (waits(west), waits(east), waits(staff), waits(officer)) == (1, 0, 1, 0)
    assert told(west)[-1] == "matter-forward_asked"
    with pytest.raises(BadInput):
        services.hand_on(east, forward_asked.pk, version=2, department=forward_asked.department)


@pytest.mark.parametrize("cast", ["other_officer", "deputy", "gis"])
def test_nobody_else_lets_hand_on(forward_asked, world, cast, request):
    person = request.getfixturevalue(cast)
    with pytest.raises(Refusal):
        services.hand_on(person, forward_asked.pk, version=2, department=world.ecology)
    with pytest.raises(Refusal):
        services.ask_forward(person, forward_asked.pk, version=2, department=world.ecology, text="我要")
    forward_asked.refresh_from_db()
    assert open_request(forward_asked).verb == "forward_asked"


def test_consent_passes_it_on_with_the_same_day_and_all_three_are_told(
    forward_asked, staff, officer, other_officer, deputy, world
):
    due = forward_asked.due_on
    matter = services.hand_on(staff, forward_asked.pk, version=2, department=world.ecology)
    assert (matter.department, matter.due_on, open_request(matter)) == (world.ecology, due, None)
    assert {told(person)[-1] for person in (officer, other_officer, deputy)} == {"matter-passed_on"}
    assert matter.returnable_until >= forward_asked.returnable_until
    assert chain.verify().faults == ()


def test_a_refused_passing_on_stays_where_it_is(forward_asked, staff, officer, world):
    matter = services.refuse_request(staff, forward_asked.pk, version=2, text="河道归水利")
    assert (matter.department, open_request(matter)) == (world.water, None)
    assert told(officer)[-1] == "matter-ask_refused"


def test_nobody_asks_to_pass_on_to_itself_or_twice(assigned, officer, world, until):
    with pytest.raises(BadInput, match="已由"):
        services.ask_forward(officer, assigned.pk, version=1, department=world.water, text="还是我们")
    services.ask_forward(officer, assigned.pk, version=1, department=world.ecology, text="属于生态环境")
    with pytest.raises(NotPermitted, match="等待人大决定"):
        services.ask_extension(officer, assigned.pk, version=2, until=until, text="来不及")


def test_by_page_and_api_passing_on_is_asked_and_granted(assigned, officer, staff, as_user, world):
    address = reverse("supervision:step", args=[assigned.number, "ask_forward"])
    asked = {"version": 1, "department": world.ecology.pk, "text": "属于生态环境"}
    straight = reverse("supervision:step", args=[assigned.number, "forward"])
    assert as_user(officer).post(straight, asked).status_code == 403
    assert as_user(officer).post(address, asked).status_code == 302
    page = as_user(staff).get(f"/suggestions/{assigned.number}/").text
    assert f'value="{world.ecology.pk}" selected' in page
    steps = f"/api/v1/suggestions/{assigned.number}/steps/"
    sent = {"verb": "hand_on", "version": 2, "department": world.ecology.code, "text": "同意"}
    for verb in ("hand_on", "forward"):
        assert as_user(officer).post(steps, sent | {"verb": verb}, content_type="application/json").status_code == 403
    granted = as_user(staff).post(steps, sent, content_type="application/json").json()
    assert granted["department"] == world.ecology.code


def test_the_public_reads_of_an_extension_and_its_day(extend_asked, until, staff, as_user):
    services.extend(staff, extend_asked.pk, version=2, until=until)
    extend_asked.refresh_from_db()
    shown = [step for step in public_timeline(extend_asked) if step.verb == "extended"]
    assert [step.until for step in shown] == [until]
    assert "extend_asked" not in {step.verb for step in public_timeline(extend_asked)}
