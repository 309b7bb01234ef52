"""Days that come: planned matters come back by themselves, late ones go up one level at a time, once each."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import rules
from accounts.models import Notice, Role, User
from accounts.rules import services as rules_services
from accounts.rules.length import Length, Unit
from geokit.refusal import BadInput, NotPermitted
from jobs.models import Schedule
from supervision.deadlines import clocks, periods
from supervision.deadlines.clocks import Clock
from supervision.matters import escalation, services
from supervision.models import SuggestionEvent

pytestmark = pytest.mark.django_db
BEGIN = date(2026, 3, 2)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def clock():
    with time_machine.travel(noon(BEGIN), tick=False) as moved:
        yield lambda day: moved.move_to(noon(day))


@pytest.fixture
def begun(clock, request):
    """A matter that went to the water department on the first day."""
    return request.getfixturevalue("assigned")


@pytest.fixture
def town_staff(world):
    return User.objects.create_user("town-staff", role=Role.STAFF, area=world.west_town)


def told_to(user):
    return list(Notice.objects.filter(recipient=user, kind="matter-overdue").values_list("key", flat=True))


def test_a_late_reply_goes_up_level_by_level_and_once_each(begun, officer, town_staff, staff, admin_user):
    due = begun.due_on
    assert due == date(2026, 6, 2)
    assert escalation.escalate(due - timedelta(days=4)) == []
    heard = [
        [event.level for event in escalation.escalate(due + timedelta(days=n))] for n in (-3, -2, 0, 1, 2, 7, 8, 9)
    ]
    assert heard == [[0], [], [], [1], [], [], [2], []]
    assert [len(told_to(who)) for who in (officer, town_staff, staff, admin_user)] == [3, 2, 1, 1]


def test_without_staff_of_the_town_the_districts_hear_at_once(begun, staff):
    escalation.escalate(begun.due_on + timedelta(days=1))
    assert len(told_to(staff)) == 1


def test_a_job_that_missed_days_tells_every_level_it_owes(begun, officer):
    assert [event.level for event in escalation.escalate(begun.due_on + timedelta(days=30))] == [0, 1, 2]


def test_two_runs_at_once_tell_each_level_once_and_nobody_of_a_day_that_was_moved_meanwhile(begun, officer, staff):
    late, book = begun.due_on + timedelta(days=30), rules.book()
    (deadline,) = escalation.deadlines()  # as a second run has read it before the first was done
    assert len(escalation.escalate(late)) == 3
    assert escalation._escalate(deadline, SuggestionEvent.Level.TOWN, late, book) is None
    begun.due_on = late
    begun.save()
    (moved,) = escalation.deadlines()
    services.pause(staff, begun.pk, version=1, text="等待跨区协调")
    assert escalation._escalate(moved, SuggestionEvent.Level.HANDLER, late, book) is None
    assert len(told_to(officer)) == 3


def test_the_database_holds_that_a_level_hears_once(begun, officer):
    event = escalation.escalate(begun.due_on + timedelta(days=1))[-1]
    again = {
        name: getattr(event, name) for name in ("suggestion", "verb", "clock", "level", "due_on", "department", "at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        SuggestionEvent.objects.create(**again)


def test_nobody_hears_of_a_paused_clock_and_what_was_left_is_left_again(begun, staff, officer, clock):
    services.pause(staff, begun.pk, version=1, text="等待跨区协调")
    assert escalation.escalate(begun.due_on + timedelta(days=30)) == []
    clock(BEGIN + timedelta(days=40))
    with pytest.raises(NotPermitted, match="暂停"):
        services.urge(staff, begun.pk)
    resumed = services.resume(staff, begun.pk, version=2)
    assert (resumed.due_on, resumed.paused_on) == (date(2026, 7, 13), None)  # 40 days on is a Sunday
    assert [event.level for event in escalation.escalate(resumed.due_on + timedelta(days=1))] == [0, 1]


def test_a_pause_moves_no_day_onto_a_day_off(begun, staff, world, clock):
    services.ask_co(staff, begun.pk, version=1, department=world.ecology)
    clock(BEGIN + timedelta(days=1))
    version = services.pause(staff, begun.pk, version=2, text="等待跨区协调").version
    same_day = services.resume(staff, begun.pk, version=version)
    assert same_day.due_on == date(2026, 6, 2)
    version = services.pause(staff, begun.pk, version=same_day.version, text="等待跨区协调").version
    clock(BEGIN + timedelta(days=5))
    resumed = services.resume(staff, begun.pk, version=version)
    assert resumed.due_on == date(2026, 6, 8)  # four days on is a Saturday
    assert resumed.co_handlings.get().due_on == date(2026, 5, 11)  # a Sunday


def test_a_reply_while_paused_is_measured_by_the_day_that_was_moved(begun, staff, officer, clock):
    services.pause(staff, begun.pk, version=1, text="等待跨区协调")
    clock(begun.due_on + timedelta(days=5))
    replied = services.reply(officer, begun.pk, version=2, text="已办", result="A")
    assert replied.events.last().due_on > timezone.localdate()


def test_pausing_needs_a_reason_and_staff(begun, staff, officer):
    with pytest.raises(NotPermitted):
        services.pause(officer, begun.pk, version=1, text="忙")
    services.pause(staff, begun.pk, version=1, text="等待跨区协调")
    with pytest.raises(NotPermitted, match="已经暂停"):
        services.pause(staff, begun.pk, version=2, text="再停")


def test_what_nobody_routes_in_seven_days_is_late_for_staff(clock, request, staff, admin_user):
    unrouted = request.getfixturevalue("unrouted")
    assert unrouted.notice_due_on == BEGIN + timedelta(days=7)
    told = escalation.escalate(BEGIN + timedelta(days=8))
    assert [(event.clock, event.level) for event in told] == [("notice", 0), ("notice", 1)]
    assert told[0].department is None
    assert len(told_to(staff)) == 2
    escalation.escalate(BEGIN + timedelta(days=15))
    assert len(told_to(admin_user)) == 1


def test_a_co_handler_has_two_months_and_is_told_when_late(begun, staff, world, other_officer, officer):
    asked = services.ask_co(staff, begun.pk, version=1, department=world.ecology)
    assert asked.due_on == date(2026, 5, 6)  # 2 May 2026 lies in the days off of Labour Day
    told = escalation.escalate(date(2026, 5, 7))
    assert [(event.clock, event.level, event.department) for event in told] == [
        ("co_handling", 0, world.ecology),
        ("co_handling", 1, world.ecology),
    ]
    assert (len(told_to(other_officer)), len(told_to(officer))) == (2, 0)
    services.co_reply(other_officer, begun.pk, text="同意牵头单位意见")
    assert escalation.escalate(date(2026, 5, 30)) == [
        *[event for event in begun.events.all() if event.clock == "reply" and event.verb == "escalated"]
    ]


def test_an_opinion_that_nobody_could_give_meanwhile_is_not_late_when_the_matter_comes_back(
    begun, staff, officer, deputy, world, clock
):
    services.ask_co(staff, begun.pk, version=1, department=world.ecology)
    planned = date(2027, 9, 1)
    services.reply(officer, begun.pk, version=2, text="列入明年计划", result="B", planned_on=planned)
    services.rate(deputy, begun.pk, version=3, handling="satisfied", outcome="dissatisfied", text="太久")
    assert begun.co_handlings.get().due_on == date(2026, 5, 6)
    services.reply(officer, begun.pk, version=4, text="列入明年计划", result="B", planned_on=planned)
    clock(planned)
    (back,) = escalation.bring_back()
    assert back.co_handlings.get().due_on == date(2027, 11, 1)
    assert [event.clock for event in escalation.escalate()] == ["follow_up"]
    clock(planned + timedelta(days=1))
    recalled = services.recall(staff, begun.pk, version=back.version, text="另派")
    clock(date(2027, 12, 1))
    services.assign(staff, begun.pk, version=recalled.version, department=world.water)
    assert begun.co_handlings.get().due_on == date(2028, 2, 1)


def test_what_is_planned_comes_back_by_itself_on_its_day_and_not_before(begun, officer, deputy, clock):
    planned = date(2026, 9, 1)
    services.reply(officer, begun.pk, version=1, text="列入三季度计划", result="B", planned_on=planned)
    services.rate(deputy, begun.pk, version=2, handling="satisfied", outcome="fairly")
    clock(planned - timedelta(days=1))
    assert escalation.bring_back() == []
    clock(planned)
    (back,) = escalation.bring_back()
    assert (back.state, back.planned_on, back.closed_at) == ("assigned", None, None)
    assert back.due_on == clocks.LAW[clocks.Clock.FOLLOW_UP].ends_on(planned) == planned
    assert Notice.objects.filter(recipient=officer, kind="matter-came_back").count() == 1
    assert escalation.bring_back() == []
    with pytest.raises(NotPermitted, match="已过"):
        services.ask_return(officer, begun.pk, version=back.version, text="不是我们的")
    again = services.reply(officer, begun.pk, version=back.version, text="已完工", result="A")
    assert (again.state, again.planned_on) == ("replied", None)


def test_a_last_day_that_moved_off_a_day_off_is_explained_on_the_page(clock, request, officer, as_user):
    clock(date(2026, 4, 4))
    matter = request.getfixturevalue("assigned")
    assert matter.due_on == date(2026, 7, 6)
    page = as_user(officer).get(f"/suggestions/{matter.number}/").content.decode()
    assert "7月4日为休息日，顺延至2026年7月6日（民法典第二百零三条）。" in page
    kept = matter.events.get(verb="assigned").basis["clock"]
    assert (kept["nominal"], kept["day"], kept["guessed"]) == ("2026-07-04", "2026-07-06", [])


def test_a_clock_that_ends_in_a_year_without_official_calendar_is_marked_until_the_district_enters_it(
    clock, request, officer, as_user, set_rule
):
    clock(date(2026, 11, 2))
    matter = request.getfixturevalue("assigned")
    address = f"/suggestions/{matter.number}/"
    assert matter.due_on == date(2027, 2, 2)
    assert "2027年的放假安排尚未公布，只按周末计算。" in as_user(officer).get(address).content.decode()
    set_rule("calendar.official_years", "2027")
    set_rule("calendar.days_off", [date(2027, 2, 2)])
    found = periods.ending(Clock.REPLY, date(2026, 11, 2))
    assert (found.day, found.guessed) == (date(2027, 2, 3), ())
    matter.refresh_from_db()
    assert matter.due_on == date(2027, 2, 2)  # a clock that runs keeps its day


def test_only_a_planned_result_names_a_day_and_the_day_is_to_come(begun, officer):
    for result, day in (("A", date(2026, 9, 1)), ("B", BEGIN), ("B", date(2031, 3, 3)), ("B", date.max)):
        with pytest.raises(BadInput) as caught:
            services.reply(officer, begun.pk, version=1, text="办理", result=result, planned_on=day)
        assert caught.value.errors[0].field == "planned_on"
    services.reply(officer, begun.pk, version=1, text="办理", result="B", planned_on=date(2031, 3, 2))


def test_a_period_set_by_staff_counts_from_then_on(world, deputy, staff, clock, file_finding, set_rule):
    set_rule("clocks.reply", Length(10, Unit.WORKDAYS))
    set_rule("clocks.return", Length(3, Unit.DAYS, to_workday=True))
    clock(date(2026, 4, 29))
    matter = file_finding(deputy).suggestion
    given = services.assign(staff, matter.pk, version=1, department=world.water)
    # 1-5 May is the feast of labour; 9 May is worked for it.
    assert given.due_on == date(2026, 5, 15)
    assert given.returnable_until == date(2026, 5, 6)


def test_the_command_says_what_it_did_and_refuses_a_day_it_cannot_read(begun):
    out = StringIO()
    call_command("watch_matters", "--on", str(begun.due_on + timedelta(days=1)), "--json", stdout=out)
    rows = json.loads(out.getvalue())["escalated"]
    assert [(row["number"], row["clock"], row["level"]) for row in rows] == [
        (begun.number, "reply", 0),
        (begun.number, "reply", 1),
    ]
    with pytest.raises(CommandError, match="读不懂"):
        call_command("watch_matters", "--on", "today")


def test_it_runs_every_morning(db):
    assert Schedule.objects.filter(name="supervision.jobs.daily").exclude(daily_at=None).count() == 1


def test_a_reminder_keeps_the_rule_it_was_made_by(begun, staff):
    rules_services.change(
        staff, "matters.remind_handler_days", -5, effective_from=timezone.localdate(), reason="常委会要求提前提醒"
    )
    [event] = escalation.escalate(begun.due_on - timedelta(days=5))
    assert event.basis == {"version": 1, "matters.remind_handler_days": -5}


def test_a_matter_that_was_moved_on_meanwhile_keeps_no_other_from_being_told_of(
    begun, deputy, officer, point, file_finding, monkeypatch
):
    other = file_finding(deputy, point_code=point.code).suggestion
    running = list(escalation.deadlines())
    assert [deadline.suggestion for deadline in running] == [begun, other]
    services.reply(officer, begun.pk, version=begun.version, text="已清除油污", result="A")
    monkeypatch.setattr(escalation, "deadlines", lambda: iter(running))
    told = escalation.escalate(begun.due_on + timedelta(days=1))
    assert {event.suggestion_id for event in told} == {other.pk}
