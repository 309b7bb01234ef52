"""Rules of warnings over monitoring points: of which a rule is met, and what comes of it."""

from datetime import UTC, date, datetime

import pytest

from geokit.refusal import BadInput
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation
from reporting.observations.queries import series_of
from reporting.warnings.judging import Judge, places_asked, read_for
from reporting.warnings.models import EarlyWarning, WarningRule
from reporting.warnings.rules import save_rule, switch
from reporting.warnings.table import Verb
from reporting.warnings.watch import watch
from reporting.warnings.wording import read_wording
from reporting.warnings.workflow import decide
from tests.data.indicators import make_indicator, put, say

MAY = date(2026, 5, 1)


def test_a_rule_over_points_warns_of_one_and_opens_a_matter_where_it_is(world, as_user, staff, officer, nh3n, points):
    for back in range(6):
        put(staff, nh3n, "HS-1", 0.3, date(2026, 5 + back, 1))
        put(staff, nh3n, "HS-2", 0.3 if back < 5 else 2.6, date(2026, 5 + back, 1))
    conditions = [{"kind": "limit", "indicator": "nh3n", "beyond": "above", "value": 2}]
    save_rule(staff, "ammonia", title="氨氮超Ⅴ类", conditions=conditions, department=world.water,
              effective_from=date(2026, 1, 1))  # fmt: skip
    trial = switch(staff, "ammonia", on=True)
    assert (trial.asked, trial.count) == (12, 1)
    page = as_user(staff).get(f"{WarningRule.objects.get().get_absolute_url()}?try=1").content.decode()
    assert "东镇断面" in page and "<circle" in page
    assert watch() == {"raised": 1}
    assert watch() == {}
    warning = EarlyWarning.objects.get()
    assert (warning.area, warning.feature.code) == (world.east_town, "HS-2")
    assert "东镇 东镇断面" in as_user(staff).get(warning.get_absolute_url()).content.decode()
    assert "东镇 东镇断面" in as_user(staff).get("/work/").content.decode()
    assert "东镇 东镇断面 · 氨氮超Ⅴ类" in as_user(staff).get("/boards/warnings/").content.decode()
    decide(staff, warning.pk, Verb.CONFIRM, version=warning.version, text="请说明", department=world.water)
    warning.refresh_from_db()
    assert "东镇断面" in warning.suggestion.text
    assert warning.suggestion.finding.geom.x == pytest.approx(121.38)


def test_a_rule_over_points_does_not_become_one_over_towns(staff, nh3n, points):
    """Their keys are others: an open warning of a town would swallow that of a point."""
    make_indicator("rate", title="率", unit="%", level="town")
    limit = {"kind": "limit", "beyond": "above", "value": 2}
    save_rule(staff, "ammonia", title="氨氮", conditions=[limit | {"indicator": "nh3n"}])
    with pytest.raises(BadInput) as refused:
        save_rule(staff, "ammonia", title="率", conditions=[limit | {"indicator": "rate"}])
    assert refused.value.code == "other-places"


def found_in_may(conditions, at_least=None):
    """The codes of the points of which a rule is met."""
    wording = read_wording(conditions, at_least)
    judge = Judge(wording, places_asked(wording), read_for([(wording, [MAY])], date(2026, 6, 20)))
    return sorted(place.code for place, causes in judge.of_day(MAY) if causes)


def test_a_rule_over_two_indicators_of_points_is_asked_of_the_points_of_either(staff, nh3n, points):
    make_indicator("tp", level="point")
    put(staff, nh3n, "HS-1", 2.6)
    put(staff, Indicator.objects.get(code="tp"), "HS-2", 0.5)
    limit = {"kind": "limit", "beyond": "above"}
    conditions = [limit | {"indicator": "nh3n", "value": 2}, limit | {"indicator": "tp", "value": 0.4}]
    assert found_in_may(conditions, 1) == ["HS-1", "HS-2"]
    assert found_in_may(conditions, 2) == []


def test_a_value_of_a_point_is_late_by_the_day_on_which_that_of_this_point_was_said(staff, nh3n, points):
    Indicator.objects.update(due_days=10)
    for code in ("HS-1", "HS-2"):
        put(staff, nh3n, code, 0.5)
    Observation.objects.filter(feature__code="HS-1").update(said_at=datetime(2026, 6, 5, tzinfo=UTC))
    Observation.objects.filter(feature__code="HS-2").update(said_at=datetime(2026, 6, 15, tzinfo=UTC))
    assert found_in_may([{"kind": "late", "indicator": "nh3n", "days": 0}]) == ["HS-2"]


def test_rules_over_areas_and_over_points_are_read_in_one_night_by_a_query_each(
    world, staff, nh3n, points, django_assert_num_queries
):
    dust = make_indicator()
    say(dust, world.west_town, MAY, 40)
    put(staff, nh3n, "HS-2", 2.6)
    for code, limit in (("pm25", 35), ("nh3n", 2)):
        conditions = [{"kind": "limit", "indicator": code, "beyond": "above", "value": limit}]
        save_rule(staff, code, title=code, conditions=conditions, effective_from=date(2020, 1, 1))
    WarningRule.objects.update(is_on=True)
    assert watch(datetime(2026, 6, 9, 21, tzinfo=UTC)) == {"raised": 2}
    assert sorted(str(one.place) for one in EarlyWarning.objects.all()) == ["东镇断面", str(world.west_town)]
    for asked, queries in (([dust], 1), ([dust, nh3n], 2)):
        with django_assert_num_queries(queries):
            series_of(asked)
