"""What the database counts for the appraisal is what each point gives by itself, and it is of now."""

import random
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.models import Role, User
from river_monitoring.assessment import alike
from river_monitoring.assessment.coverage import count_unrated
from river_monitoring.assessment.judgement import judge_month, judge_to_date
from river_monitoring.assessment.kept import assess_kept, assess_to_date
from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.points.models import MonitoringPoint, PointChange
from river_monitoring.points.past import department_on, in_force, target_on, water_on
from river_monitoring.standard.averages import Span
from river_monitoring.standard.city_index import city_index
from river_monitoring.statistics import appraisal
from river_monitoring.statistics.appraisal import appraise
from river_monitoring.statistics.appraisal_history import two_years
from river_monitoring.statistics.periods import GROUPS
from tests import roles
from tests.integration.river_monitoring.conftest import readings_of, stored

MARCH = Span(2026, 3, "month")
BYS = ("town", "river", "department")
SEEDS = range(3)
DEPARTMENTS = "JOIN accounts_department d ON d.id = f.department"


def everything():
    return MonitoringPoint.objects.all()


def _moment(dice, year=2026):
    return timezone.make_aware(datetime(year, dice.randint(1, 4), dice.randint(1, 28), dice.randint(0, 23), 30))


def _readings(dice):
    readings = readings_of(dice.choice((1, 2, 3, 4, 6)))
    for code in dice.sample(sorted(readings), dice.choice((0, 0, 0, 1, 4))):
        del readings[code]
    if dice.random() < 0.2:
        readings["pb"] = "<0.5"  # its detection limit lies above every limit
    return readings or {"t": "20"}


def _change(dice, point, world, actor):
    """A change of what a point is judged by, some time around the months asked about; two of them now and then."""
    fields = {"target": (1, 2, 3, 5), "water": ("river", "lake"), "department": (world.water, world.ecology)}
    before, after = ({name: dice.choice(values) for name, values in fields.items()} for _each in range(2))
    PointChange.objects.create(
        point=point,
        at=_moment(dice) - timedelta(days=dice.choice((0, 0, 200))),
        actor=actor,
        reason="市治水办〔2026〕7号",
        target_before=before["target"],
        water_before=before["water"],
        department_before=before["department"],
        target_class=after["target"],
        water=after["water"],
        department=after["department"],
    )


@pytest.fixture
def district(world, make_point, river):
    """Make the random district of a seed: points with samples, changes, rows of another rule, none at all."""
    keeper = User.objects.create_user("keeper-of-points", role=Role.ADMIN)

    def make(seed):
        dice = random.Random(seed)
        for number in range(14):
            more = {"area": dice.choice((world.west_town, world.east_town)), "river": dice.choice((river, None))}
            more |= {"department": dice.choice((world.water, world.ecology)), "target_class": dice.choice((1, 3, 5))}
            point = make_point(f"R-{number}", water=dice.choice(("river", "river", "lake")), **more)
            for year in (2025, 2026):
                for _sample in range(dice.choice((0, 1, 3))):
                    stored(point, _moment(dice, year), _readings(dice))
            for _each in range(dice.choice((0, 0, 1, 2))):
                with roles.owner_rights():
                    _change(dice, point, world, keeper)
        _spoil(dice)
        return dice

    return make


def _spoil(dice):
    """Rows of another rule, of before their verdict was kept, of before means were; and some that are not there."""
    months, spans = (
        list(PointMonth.objects.values_list("pk", flat=True)),
        list(PointSpan.objects.values_list("pk", flat=True)),
    )
    PointMonth.objects.filter(pk__in=dice.sample(months, 3)).update(means=None)
    PointSpan.objects.filter(pk__in=dice.sample(spans, 4)).update(standard="", reason="", lacking=[])
    PointSpan.objects.filter(pk__in=dice.sample(spans, 3)).delete()


@pytest.mark.parametrize("seed", SEEDS)
def test_points_as_they_were_judged_are_the_same_for_one_and_for_all(district, seed):
    dice = district(seed)
    for day in (MARCH.first_day, MARCH.last_day, datetime(2025, dice.randint(1, 12), 5).date()):
        relation, given = in_force(everything(), day)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT f.id, f.target, f.water, d.code FROM ({relation}) f {DEPARTMENTS}", given)
            found = {pk: facts for pk, *facts in cursor.fetchall()}
        assert found == {
            point.pk: [target_on(point, day), water_on(point, day), department_on(point, day)[0]]
            for point in everything()
        }


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_database_counts_is_what_each_point_gives(district, seed, by):
    district(seed)
    points = list(everything())
    found = appraise(everything(), MARCH, by)
    before = MARCH.year_before
    spans = {"month": judge_month(points, MARCH), "to_date": judge_to_date(points, MARCH)}
    spans["year_before"] = judge_to_date(points, before)
    full = {"month": assess_kept(points, MARCH), "to_date": assess_to_date(points, MARCH)}
    full["year_before"] = assess_to_date(points, before)
    groups = defaultdict(list)
    for point in points:
        if key := GROUPS[by](point, MARCH.last_day):
            groups[key].append(point.pk)
    wanted = {("", ""): [point.pk for point in points]} | groups
    rows = {(row.code, row.name): row for row in (*found.rows, found.total)}
    assert rows.keys() == wanted.keys()
    for key, keys in wanted.items():
        for name, judgements in spans.items():
            shown = getattr(rows[key], name)
            assert shown.met == sum(judgements[pk].meets_target is True for pk in keys)
            assert shown.met == sum(full[name][pk].meets_target is True for pk in keys)
            assert shown.coverage == count_unrated(judgements[pk].unjudged for pk in keys)
            index = city_index((full[name][pk].water, full[name][pk].means) for pk in keys if full[name][pk].means)
            assert getattr(rows[key], f"index_{name}") == index
        assert rows[key].points == len(keys)


def test_what_stands_is_not_counted_anew_and_a_change_of_anything_counts_anew(district, world, monkeypatch):
    dice, asked = district(7), []

    def counted(*given):
        asked.append(given)
        return alike.count_month(*given)

    monkeypatch.setattr(appraisal, "count_month", counted)

    def of_now():
        return appraise(everything(), MARCH, "town"), two_years(everything(), MARCH)

    def anew():
        cache.clear()
        return of_now()

    assert of_now() == of_now() and len(asked) == 1
    point = everything().filter(months__month=MARCH.first_day).first()
    changes = (
        lambda: stored(point, timezone.make_aware(datetime(2026, 3, 29, 9)), readings_of(6)),
        lambda: everything().filter(pk=point.pk).update(area=world.east_town),
        lambda: everything().filter(pk=point.pk).update(river=None),
        lambda: PointMonth.objects.filter(point=point, month=MARCH.first_day).delete(),
        lambda: PointSpan.objects.filter(point=point).delete(),
        lambda: _change(dice, point, world, User.objects.get(username="keeper-of-points")),
        lambda: PointMonth.objects.filter(month__lt=MARCH.first_day).update(target_class=1),
    )
    for change in changes:
        with roles.owner_rights():
            change()
        assert of_now() == anew()


def test_nothing_is_asked_of_no_points(district):
    district(1)
    found = appraise(everything().none(), MARCH, "town")
    assert (found.rows, found.total.points, two_years(everything().none(), MARCH)) == ([], 0, [])
