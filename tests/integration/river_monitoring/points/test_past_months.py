"""A month is judged by the target, and counted with the department, that were in force in it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Role, User
from river_monitoring.assessment.judgement import judge_to_date, judged
from river_monitoring.assessment.models import PointMonth
from river_monitoring.assessment.queries import assess, assess_many
from river_monitoring.assessment.verdict import verdict_of
from river_monitoring.history import history_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.point_changes import Wanted, change_point
from river_monitoring.rectification.proving import proven_months
from river_monitoring.rectification.relapse import check_all
from river_monitoring.selection.snapshot import with_values_shown
from river_monitoring.standard.averages import span_of
from river_monitoring.statistics.appraisal import appraise
from river_monitoring.statistics.appraisal_history import two_years
from river_monitoring.statistics.period_table import period_table
from river_monitoring.statistics.periods import rate_points
from river_monitoring.statistics.series import load_series
from river_monitoring.statistics.trends import trend
from river_monitoring.works.models import WorkEvent
from tests.integration.river_monitoring.conftest import readings_of, stored

THIS, LAST, BEFORE = 0, 1, 2


def month(back):
    span = span_of(timezone.localdate(), "month")
    for _ in range(back):
        span = span.before
    return span


def in_month(back):
    at = timezone.localtime().replace(hour=10, minute=0)
    return at.replace(year=month(back).year, month=month(back).number, day=1)


@pytest.fixture
def keeper(world):
    return User.objects.create_user("district-keeper", role=Role.ADMIN)


@pytest.fixture(autouse=True)
def mid_month():
    """The change comes in the middle of a month."""
    today = timezone.localtime()
    with time_machine.travel(today.replace(day=15, hour=12), tick=True):
        yield


@pytest.fixture
def sampled(make_point):
    """Class III in the two months before and in this one, of a delisted point whose target is V."""
    point = make_point("D-1", status="delisted", delisted_on=timezone.localdate() - timedelta(days=200))
    for back in (BEFORE, LAST, THIS):
        stored(point, in_month(back), readings_of(3))
    return point


def change(keeper, point, *, target=None, water=None, department=None):
    point.refresh_from_db()
    wanted = Wanted(target or point.target_class, water or point.water, department or point.department)
    change_point(keeper, point.pk, wanted, reason="市治水办〔2026〕7号", version=point.version)
    return MonitoringPoint.objects.get(pk=point.pk)


def kept(point):
    return list(point.months.order_by("month").values_list("target_class", "water_class", "is_complete"))


def test_a_tighter_target_judges_no_month_before_it(sampled, keeper):
    point = change(keeper, sampled, target=2)
    assert kept(point) == [(5, 3, True)] * 3
    assert check_all() == []
    assert assess(point, month(LAST)).meets_target is True
    assert verdict_of(assess(point, month(THIS)), point).meets_target is True
    assert rate_points([point], month(LAST))[0].meets_target is True
    with time_machine.travel(in_month(THIS) + timedelta(days=75)):
        stored(point, timezone.now() - timedelta(days=31), readings_of(3))
        assert RectificationEvent.objects.get().to_status == "exceeded"
        assert assess(point, month(LAST)).meets_target is False
        assert assess(point, month(BEFORE + 1)).meets_target is True


def test_a_looser_target_makes_no_month_before_it_comply(sampled, keeper, make_point):
    point = make_point("L-1", target_class=2, status="under_way", listed_on=timezone.localdate() - timedelta(days=200))
    for back in (BEFORE, LAST):
        stored(point, in_month(back), readings_of(3))
    point = change(keeper, point, target=5)
    assert kept(point) == [(2, 3, True)] * 2
    assert [day.compliant for day in proven_months(point).days] == [False, False]
    points = MonitoringPoint.objects.filter(pk=point.pk)
    assert appraise(points, month(LAST), "town").total.month.met == 0
    assert period_table(points, month(LAST), "town").total.target_met == 0
    assert [(each.met, each.judged) for each in two_years(points, month(LAST))] == [(0, 1), (0, 1)]
    with time_machine.travel(in_month(THIS) + timedelta(days=70)):  # later months without samples: the new target's
        for back in (THIS, LAST):
            year, until = span_of(month(back).first_day, "year"), month(back).last_day
            slow = judged(assess_many(points, year, until=until)[point.pk])
            shown = judge_to_date(points, month(back))[point.pk]
            assert shown._replace(row=None, means={}) == slow._replace(means={})


def test_what_is_to_be_proven_now_is_proven_by_months_that_met_it(make_point, keeper):
    point = make_point("L-1", status="under_way", listed_on=timezone.localdate() - timedelta(days=200))
    stored(point, in_month(LAST), readings_of(3))
    assert [day.compliant for day in proven_months(point).days] == [True]
    assert [day.compliant for day in proven_months(change(keeper, point, target=2)).days] == [False]


def test_a_change_on_the_first_day_of_a_month_counts_for_that_month(sampled, keeper):
    with time_machine.travel(in_month(THIS).replace(hour=0, minute=1)):
        point = change(keeper, sampled, target=2)
    assert [target for target, *_rest in kept(point)] == [5, 5, 2]


def test_the_history_names_the_target_of_the_month(make_point, keeper):
    point = make_point("H-1")
    stored(point, in_month(BEFORE), readings_of(6))
    stored(point, in_month(LAST), readings_of(3))
    point = change(keeper, point, target=2)
    said = [entry.text for entry in history_of(point, None) if entry.kind == "sample"]
    assert any("达到目标Ⅴ类" in text for text in said)
    assert not any("Ⅱ类" in text for text in said)


def test_a_month_is_counted_with_the_department_of_its_time(sampled, keeper, world):
    change(keeper, sampled, department=world.ecology)
    points = MonitoringPoint.objects.filter(pk=sampled.pk)
    for back, code in ((LAST, world.water.code), (THIS, world.water.code)):
        assert [row.code for row in period_table(points, month(back), "department").rows] == [code]
        assert [row.code for row in appraise(points, month(back), "department").rows] == [code]
    with time_machine.travel(in_month(THIS) + timedelta(days=40)):
        assert [row.code for row in period_table(points, month(THIS), "department").rows] == [world.ecology.code]


PHOSPHORUS = {**readings_of(3), "tp": "0.15"}
"""Total phosphorus that is class III of a river and class V of a lake."""


def classes(point, back):
    """What every surface says of a month: service, kept row, list, statistics, appraisal, history, chart, sample."""
    points = MonitoringPoint.objects.filter(pk=point.pk)
    span = month(back)
    row = PointMonth.objects.get(point=point, month=span.first_day)
    [series] = load_series([point], ["tp"], "month")
    sample = point.samples.get(phenomenon_time__date=in_month(back).date())
    at = timezone.localtime(sample.phenomenon_time).isoformat()
    return {
        assess(point, span).number,
        row.water_class,
        with_values_shown(points, AnonymousUser(), span.first_day).get().class_shown,
        rate_points([point], span)[0].number,
        *(
            found.number
            for found, count in period_table(points, span, "town").total.state.shares.counts.items()
            if count
        ),
        series.at(span).number,
        sample.water_class,
        next(each["class"] for each in trend(point, "tp")["series"] if each["t"] == at),
    }


def test_a_month_keeps_the_table_that_was_in_force_on_every_surface(make_point, keeper):
    point = make_point("W-1", target_class=4, river=None, reach=None)
    for back in (BEFORE, LAST, THIS):
        stored(point, in_month(back), PHOSPHORUS)
    point = change(keeper, point, water="lake")
    for back in (BEFORE, LAST, THIS):
        assert classes(point, back) == {3}
    with time_machine.travel(in_month(THIS) + timedelta(days=40)):
        stored(point, timezone.now(), PHOSPHORUS)
        point = MonitoringPoint.objects.get(pk=point.pk)
        assert (point.current_class, point.samples.latest("phenomenon_time").water_class) == (5, 5)
        assert assess(point, month(0)).number == 5
        assert assess(point, month(1)).number == 3
        point = change(keeper, point, water="river")
        assert assess(point, month(0)).number == 5
        assert assess(point, month(1)).number == 3


def test_a_looser_table_makes_no_month_before_it_comply(make_point, keeper):
    point = make_point(
        "W-2", target_class=4, water="lake", river=None, reach=None, status="under_way",
        listed_on=timezone.localdate() - timedelta(days=200),
    )  # fmt: skip
    for back in (BEFORE, LAST):
        stored(point, in_month(back), PHOSPHORUS)
    point = change(keeper, point, water="river")
    assert [water_class for _target, water_class, _complete in kept(point)] == [5, 5]
    assert [day.compliant for day in proven_months(point).days] == [False, False]


def test_months_by_a_looser_table_prove_nothing_for_a_stricter_one(make_point, keeper):
    listed_on = timezone.localdate() - timedelta(days=200)
    point = make_point("W-3", target_class=4, river=None, reach=None, status="under_way", listed_on=listed_on)
    stored(point, in_month(LAST), PHOSPHORUS)
    assert [day.compliant for day in proven_months(point).days] == [True]
    assert [day.compliant for day in proven_months(change(keeper, point, water="lake")).days] == [False]


def test_the_kept_month_is_what_the_service_says_after_every_change(sampled, keeper):
    for target in (2, 4, 1):
        point = change(keeper, sampled, target=target)
    for row in PointMonth.objects.filter(point=point):
        found = assess(point, span_of(row.month, "month"))
        assert (row.target_class, row.water_class) == (found.target, found.number)


def late_in(back, point, viewer=None):
    shown = with_values_shown(MonitoringPoint.objects.all(), viewer or AnonymousUser(), span_of_back(back))
    return shown.get(pk=point.pk).overdue_shown


def span_of_back(back):
    return in_month(back).date().replace(day=1)


def stepped(point, back, to_status, department, due_on=None):
    point.status = to_status
    point.save(update_fields=["status"])
    return RectificationEvent.objects.create(
        point=point, at=in_month(back), from_status="listed", to_status=to_status, department=department, due_on=due_on
    )


def test_a_deadline_that_was_moved_counts_from_then_on(make_point, world):
    point = make_point("D-1")
    stepped(point, BEFORE, "planned", world.water, due_on=in_month(BEFORE).date() + timedelta(days=5))
    assert (late_in(BEFORE, point), late_in(LAST, point)) == (True, True)
    given = (in_month(THIS).date() + timedelta(days=90)).isoformat()
    WorkEvent.objects.create(
        point=point, at=in_month(LAST) + timedelta(days=2), verb="deadline", changes={"due_on": ["", given]}
    )
    assert (late_in(BEFORE, point), late_in(LAST, point), late_in(THIS, point)) == (True, False, False)
    stepped(point, THIS, "under_way", world.water, due_on=in_month(THIS).date() + timedelta(days=1))
    assert (late_in(LAST, point), late_in(THIS, point)) == (False, True)


def test_works_that_their_department_suspended_itself_were_late_then_too(make_point, keeper, world):
    point = make_point("D-2")
    stepped(point, BEFORE, "planned", world.water, due_on=in_month(BEFORE).date() + timedelta(days=5))
    stepped(point, LAST, "suspended", world.water)
    other = make_point("D-3")
    stepped(other, BEFORE, "planned", world.water, due_on=in_month(BEFORE).date() + timedelta(days=5))
    stepped(other, LAST, "suspended", world.ecology)
    assert [(late_in(LAST, each), late_in(THIS, each)) for each in (point, other)] == [(True, True), (False, False)]
    given_to = Wanted(point.target_class, point.water, world.ecology)
    change_point(keeper, point.pk, given_to, reason="机构改革", version=point.version)
    assert (late_in(LAST, point), late_in(THIS, point)) == (True, True)
