"""Two people who say values, or order a report, in the same moment."""

from datetime import date
from decimal import Decimal

import pytest

from reporting.indicators.models import Indicator
from reporting.indicators.services import save_indicator
from reporting.observations.models import Observation, Way
from reporting.observations.recording import Given, record_value
from reporting.quarterly.models import QuarterlyReport
from reporting.quarterly.services import order_report
from river_monitoring.standard.averages import Span
from tests.at_once import all_at_once
from tests.data.indicators import make_indicator

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2026, 5, 1)


def saying(staff, indicator, area, value):
    return lambda: record_value(staff, Given(indicator, area, MAY, Decimal(value)), Way.PAGE)


def test_of_two_values_for_one_cell_the_second_is_asked_for_a_reason(world, staff):
    pm25 = make_indicator()
    results = all_at_once(Observation, *(saying(staff, pm25, world.west_town, value) for value in (31, 32)))
    assert sorted(getattr(result, "code", None) or "stored" for result in results) == ["reason-missing", "stored"]


def test_a_formula_has_both_parts_that_are_said_at_once(world, staff):
    one, two = (make_indicator(code, unit="万元") for code in ("one", "two"))
    facts = {"title": "合计", "unit": "万元", "period_kind": "month", "level": "town", "way": "formula"}
    whole = save_indicator(staff, "whole", facts | {"formula": "one + two"})
    all_at_once(Observation, *(saying(staff, part, world.west_town, 30) for part in (one, two)))
    assert Observation.objects.get(indicator=whole).value == 60
    assert Indicator.objects.count() == 3


def test_a_report_ordered_twice_at_once_is_made_once_and_the_second_is_told(world, staff):
    works = [lambda: order_report(staff, Span(2026, 2, "quarter"))] * 2
    results = all_at_once(QuarterlyReport, *works)
    assert sorted(getattr(result, "code", "ordered") for result in results) == ["ordered", "report-being-made"]
    assert QuarterlyReport.objects.count() == 1
