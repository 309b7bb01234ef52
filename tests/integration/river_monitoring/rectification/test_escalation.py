"""Late points go up level by level, once each; relapses and steps reach those who follow."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import rules
from accounts.models import Department, Role, User
from accounts.notices.models import Notice
from accounts.rules import services as rules_services
from jobs.models import Schedule
from river_monitoring.history import history_of
from river_monitoring.network.models import Chief
from river_monitoring.points import queries
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import follow_point
from river_monitoring.rectification import services
from river_monitoring.rectification.escalation import escalate, levels_for
from river_monitoring.rectification.models import Escalation
from river_monitoring.rectification.point_changes import Wanted, change_point
from tests import roles
from tests.integration.river_monitoring.conftest import BAD, stored

DUE = date(2026, 6, 1)


@pytest.fixture
def late(make_point):
    return make_point("E-1", status="under_way", listed_on=DUE - timedelta(days=200), due_on=DUE)


@pytest.fixture
def town_officer(world):
    town = Department.objects.create(code="west", name="西镇人民政府", short_name="西镇", area=world.west_town)
    return User.objects.create_user("town-officer", role=Role.OFFICER, department=town)


def levels(told):
    return [one.level for one in told]


def told_to(user):
    return list(Notice.objects.filter(recipient=user).values_list("kind", flat=True))


def after(days):
    return DUE + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-8, []),
        (-7, ["department"]),
        (0, ["department"]),
        (1, ["department", "village"]),
        (7, ["department", "village", "town"]),
        (15, ["department", "village", "town", "district"]),
        (30, ["department", "village", "town", "district", "city"]),
    ],
)
def test_each_level_has_its_day(days, expected, db):
    assert levels_for(days, rules.book()) == expected


def test_the_congress_staff_of_another_town_do_not_hear_at_the_districts_level(late, staff, world):
    clerk = User.objects.create_user("east-clerk", role=Role.STAFF, area=world.east_town)
    escalate(after(30))
    assert (told_to(clerk), told_to(staff)) == ([], ["river-overdue"] * 2)


def test_it_climbs_one_level_at_a_time_and_each_hears_once(late, officer, staff, town_officer):
    assert levels(escalate(after(-7))) == ["department"]
    assert levels(escalate(after(-6))) == []
    assert levels(escalate(after(2))) == ["village"]
    assert (told_to(town_officer), told_to(staff)) == ([], [])
    assert levels(escalate(after(8))) == ["town"]
    assert (told_to(town_officer), told_to(staff)) == (["river-overdue"], [])
    assert levels(escalate(after(15))) == ["district"]
    assert told_to(staff) == ["river-overdue"]
    assert len(told_to(officer)) == 4  # the responsible officer hears each time


def test_a_new_deadline_begins_anew(late):
    escalate(after(20))
    late.due_on = after(60)
    late.save()
    assert levels(escalate(after(61))) == ["department", "village"]


@pytest.mark.parametrize("status", ["delisted", "suspended", "none"])
def test_what_is_not_running_is_not_late(status, late):
    late.status = status
    late.save()
    assert escalate(after(40)) == []


@pytest.mark.parametrize(("who", "is_late"), [("officer", True), ("other_officer", False)])
def test_a_department_that_suspends_its_own_works_stays_late(who, is_late, late, bodies, request):
    actor = request.getfixturevalue(who)
    services.transition_point(late.pk, "suspended", actor, expected_version=late.version, note="等资金")
    assert bool(escalate(after(40))) is is_late


def test_a_look_back_that_nobody_began_is_late_too(make_point, set_rule):
    set_rule("look_back.after_days", 180)
    make_point("B-1", status="delisted", delisted_on=DUE - timedelta(days=180))
    (first, *_rest) = escalate(after(1))
    assert (first.about, first.due_on) == ("look_back", DUE)


def test_the_public_history_names_offices_and_chiefs(late, town_officer, reach):
    Chief.objects.create(river=reach.river, reach=reach, level="town", name="李河长")
    escalate(after(8))
    said = next(entry.text for entry in history_of(late, None) if "镇级" in entry.text)
    assert said == "整治期限（2026年6月1日）已过8天，升级到镇级，告知西镇人民政府、乡级河长李河长。"


def test_an_escalation_keeps_the_rule_it_was_made_by_whatever_is_set_later(late, staff):
    change = rules_services.change
    change(staff, "escalation.town_days", 5, effective_from=timezone.localdate(), reason="甲")
    told = {one.level: one for one in escalate(after(8))}
    assert told["town"].basis == {"version": 3, "escalation.town_days": 5}
    change(staff, "escalation.town_days", 100, effective_from=timezone.localdate(), reason="乙")
    assert escalate(after(9)) == []
    entry = next(entry for entry in history_of(late, None) if "镇级" in entry.text)
    assert entry.facts == ("按本区规则第 3 版：告知镇级河长 期限后 5 天",)


def test_an_escalation_cannot_be_edited(late):
    escalate(after(8))
    with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
        Escalation.objects.update(days_late=1)


def test_the_command_tells_what_it_did_and_refuses_a_day_that_is_none(late):
    out = StringIO()
    call_command("escalate_overdue", "--on", after(1).isoformat(), "--json", stdout=out)
    assert [row["level"] for row in json.loads(out.getvalue())["escalated"]] == ["department", "village"]
    with pytest.raises(CommandError, match="读不懂"):
        call_command("escalate_overdue", "--on", "morgen")


def test_the_job_is_scheduled(db):
    assert Schedule.objects.filter(func="river_monitoring.jobs.nightly").exclude(daily_at=None).count() == 1


def test_a_relapse_tells_the_deputies_who_follow(make_point, deputy, set_rule):
    set_rule("relapse.months", 1)
    set_rule("relapse.deadline_days", 60)
    today = date.today()
    days = {"listed_on": today - timedelta(days=400), "delisted_on": today - timedelta(days=60)}
    point, other = make_point("R-1", status="delisted", **days), make_point("R-2", status="delisted", **days)
    follow_point(point.pk, deputy, follow=True)
    last_month = timezone.localtime().replace(day=1) - timedelta(days=1)
    stored(other, last_month, BAD)
    assert told_to(deputy) == []
    stored(point, last_month, BAD)
    point.refresh_from_db()
    assert point.status == "listed"
    assert told_to(deputy) == ["river-relapse"]


def test_a_step_tells_followers_but_not_the_one_who_took_it(listed, officer, deputy):
    for person in (officer, deputy):
        follow_point(listed.pk, person, follow=True)
    due = date.today() + timedelta(days=60)
    services.transition_point(listed.pk, "planned", officer, expected_version=1, note="方案", due_on=due)
    assert (told_to(deputy), told_to(officer)) == (["river-step"], [])


@pytest.mark.parametrize(("who", "is_late"), [("officer", True), ("other_officer", False)])
def test_every_list_says_of_suspended_works_what_the_escalation_says(who, is_late, late, bodies, request, client):
    actor = request.getfixturevalue(who)
    services.transition_point(late.pk, "suspended", actor, expected_version=late.version, note="等资金")
    points = MonitoringPoint.objects.all()
    assert bool(escalate(after(40))) is is_late
    assert list(queries.overdue_points(points)) == ([late] if is_late else [])
    assert queries.class_counts_by_area(points)[0]["overdue"] == int(is_late)
    [feature] = client.get("/api/v1/monitoring-points/").json()["features"]
    assert feature["properties"]["overdue"] is is_late
    history = client.get(late.get_absolute_url()).content.decode().partition('id="history"')[2]
    assert ("已逾期" in history.partition("</dl>")[0]) is is_late


@pytest.mark.parametrize(("who", "is_late"), [("officer", True), ("other_officer", False)])
def test_works_suspended_by_their_department_stay_late_when_the_point_is_handed_on(
    who, is_late, late, bodies, world, admin_user, request, client
):
    """And those that a body suspended are not late when it becomes responsible itself."""
    actor = request.getfixturevalue(who)
    services.transition_point(late.pk, "suspended", actor, expected_version=late.version, note="等资金")
    late.refresh_from_db()
    wanted = Wanted(late.target_class, late.water, world.ecology)
    change_point(admin_user, late.pk, wanted, reason="机构改革", version=late.version)
    assert list(queries.overdue_points(MonitoringPoint.objects.all())) == ([late] if is_late else [])
    assert bool(escalate(after(40))) is is_late
    [feature] = client.get("/api/v1/monitoring-points/").json()["features"]
    assert feature["properties"]["overdue"] is is_late
