"""Rules asked of all areas at once say what they say when each area is asked alone, and many cost few queries."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from reporting.indicators import periods
from reporting.observations.models import Observation, Way
from reporting.observations.queries import series_of
from reporting.warnings.conditions import Asked, met
from reporting.warnings.judging import Judge, areas_at, read_for
from reporting.warnings.models import EarlyWarning, WarningRule, WarningRuleVersion
from reporting.warnings.rules import save_rule
from reporting.warnings.watch import watch
from reporting.warnings.wording import read_wording
from tests.data.indicators import make_indicator, more_towns, say

TODAY = date(2026, 6, 10)
NIGHT = datetime(2026, 6, 9, 21, tzinfo=UTC)
MONTHS = 40
LIMIT = {"kind": "limit", "beyond": "above", "value": 35}


def months():
    return [periods.shift("month", date(2026, 5, 1), -back) for back in reversed(range(MONTHS))]


def fill(indicator, areas, chance, size):
    """Values with ties, gaps, small denominators and plans; a level that rises in some areas."""
    rows = []
    for area in areas:
        rise = chance.choice((0, 0, size // 3))
        for number, day in enumerate(months()):
            if chance.random() < 0.1:
                continue
            value = chance.randint(0, size) + (rise if number > MONTHS - 7 else 0) + Decimal(chance.randint(0, 3)) / 4
            rows.append(Observation(
                indicator=indicator, area=area, period=day, way=Way.SHEET,
                value=None if chance.random() < 0.05 else value,
                plan=chance.choice((None, chance.randint(0, size))), whole=chance.choice((None, None, 2, 9)),
                said_at=datetime.combine(day + timedelta(days=chance.randint(25, 70)), datetime.min.time(), UTC),
            ))  # fmt: skip
    Observation.objects.bulk_create(rows)


def conditions_over(code, chance, size):
    beyond = chance.choice(("above", "below"))
    yield {"kind": "limit", "indicator": code, "beyond": beyond, "value": chance.randint(0, size)}
    yield {"kind": "runs", "indicator": code, "beyond": beyond, "value": size // 2, "periods": chance.randint(2, 3)}
    yield {"kind": "plan", "indicator": code, "percent": chance.randint(0, 60)}
    yield {"kind": "year", "indicator": code, "percent": chance.choice((0, 25, 50))}
    yield {"kind": "worsening", "indicator": code, "periods": chance.randint(2, 3)}
    yield {"kind": "peers", "indicator": code, "times": chance.choice((1, 1.5, 3))}
    yield {"kind": "change", "indicator": code, "periods": chance.randint(12, 36)}
    yield {"kind": "late", "indicator": code, "days": chance.randint(0, 20)}


def one_by_one(wording, areas, days):
    """Every area and period asked by itself over all values there are."""
    series = series_of(wording.indicators.values(), since=months()[0])
    said = {
        (row.indicator.code, row.area_id, row.period): row.said_at.date()
        for row in Observation.objects.filter(value__isnull=False).select_related("indicator")
    }
    for day in days:
        for area in areas:
            asked = Asked(area.pk, day, series, TODAY, said)
            has = any(one.at(area.pk, day).value is not None for one in series.values())
            if has or (wording.late and periods.end_of("month", day) + timedelta(days=10) < TODAY):
                yield area.pk, day, met(wording.conditions, wording.at_least, asked)


def at_once(wordings, areas, days):
    read = read_for([(wording, days) for wording in wordings], TODAY)
    for wording in wordings:
        judge = Judge(wording, areas, read)
        yield [(area.pk, day, causes) for day in days for area, causes in judge.of_day(day)]


@pytest.mark.parametrize("seed", range(4))
def test_all_areas_at_once_say_what_each_says_alone(world, seed):
    chance = random.Random(seed)
    more_towns(world)
    areas = areas_at("town")
    wordings = []
    for code, direction, size in (("small", "down", 8), ("middle", "up", 400), ("huge", "down", 10**12)):
        indicator = make_indicator(code, direction=direction, minimum=5, due_days=10)
        fill(indicator, areas, chance, size)
        conditions = list(conditions_over(code, chance, size))
        wordings += [read_wording([one]) for one in conditions]
        for _each in range(4):
            some = [one | {"weight": chance.randint(1, 3)} for one in chance.sample(conditions, 3)]
            wordings.append(read_wording(some, chance.randint(1, 3)))
    days = months()[-4:]
    found = list(at_once(wordings, areas, days))
    assert found == [list(one_by_one(wording, areas, days)) for wording in wordings]
    assert sum(bool(causes) for each in found for *_place, causes in each) > 50


def test_neighbours_that_doubles_cannot_tell_apart_are_told_apart(world):
    """Twenty digits: as double numbers the value and the limit are the same."""
    indicator = make_indicator("huge", direction="none")
    limit = 10**12
    say(indicator, world.west_town, date(2026, 5, 1), Decimal("1000000000000.000001"))
    say(indicator, world.east_town, date(2026, 5, 1), Decimal(limit))
    wording = read_wording([LIMIT | {"indicator": "huge", "value": limit}])
    [found] = at_once([wording], areas_at("town"), [date(2026, 5, 1)])
    assert {area: bool(causes) for area, _day, causes in found} == {world.west_town.pk: True, world.east_town.pk: False}


def make_rules(staff, count):
    for number in range(count):
        indicator = make_indicator(f"i{number}")
        save_rule(staff, f"rule-{number}", title="偏高", conditions=[LIMIT | {"indicator": indicator.code}],
                  effective_from=date(2020, 1, 1))  # fmt: skip
        yield indicator
    WarningRule.objects.update(is_on=True)


def test_a_night_without_news_costs_the_same_queries_for_any_number_of_rules(
    world, staff, django_assert_max_num_queries
):
    for indicator in make_rules(staff, 30):
        say(indicator, world.west_town, date(2026, 5, 1), 20)
        say(indicator, world.east_town, date(2026, 5, 1), 40)
    assert watch(NIGHT) == {"raised": 30}
    with django_assert_max_num_queries(9):
        assert watch(NIGHT) == {}


def test_what_was_bad_and_is_good_again_is_raised_and_said_to_be_back_in_one_night(world, staff):
    [indicator] = make_rules(staff, 1)
    for month, value in ((4, 40), (5, 20)):
        say(indicator, world.west_town, date(2026, month, 1), value)
    assert watch(NIGHT) == {"raised": 1, "back": 1}
    assert watch(NIGHT) == {}


def test_rules_are_read_in_parts_that_fit_into_memory(world, staff, monkeypatch):
    monkeypatch.setattr("reporting.warnings.watch.MOST_CELLS", 5)
    for indicator in make_rules(staff, 7):
        say(indicator, world.west_town, date(2026, 5, 1), 40)
    assert watch(NIGHT) == {"raised": 7}
    assert EarlyWarning.objects.count() == 7


def test_a_rule_that_means_nothing_any_more_does_not_keep_the_others_from_being_asked(world, staff, monkeypatch):
    logged: list[str] = []
    monkeypatch.setattr("reporting.warnings.watch.log.error", lambda message, *words: logged.append(message % words))
    for indicator in make_rules(staff, 2):
        say(indicator, world.west_town, date(2026, 5, 1), 40)
    first = WarningRule.objects.get(code="rule-0")
    WarningRuleVersion.objects.create(
        rule=first, number=2, conditions=[{"kind": "limit", "indicator": "gone"}], at_least=1,
        effective_from=date(2020, 1, 1), made_at=NIGHT,
    )  # fmt: skip
    assert watch(NIGHT) == {"raised": 1}
    assert len(logged) == 1 and "rule-0" in logged[0]
