"""Definitions, archived values, their corrections and rules as rows of a sheet: what is taken, and what is refused."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.loads import GivenRow
from accounts.loads.registry import declared
from accounts.loads.services import ReadFile, load_rows, undo
from geokit.refusal import BadInput, NotPermitted
from layers.models import Layer
from reporting.datasets.indicators import that_leave
from reporting.indicators.models import Indicator
from reporting.observations.archive import Earlier, keep_earlier
from reporting.observations.models import EarlierValue, Observation, Way
from reporting.observations.recording import Given, record_value
from reporting.warnings.judging import Judge, places_asked, read_for
from reporting.warnings.models import WarningRule, WarningRuleVersion
from reporting.warnings.wording import read_wording
from tests.data.indicators import make_indicator

MAY, SAID, REPLACED = date(2026, 5, 1), "2026-06-03T09:30:00+08:00", "2026-06-04T16:00:00+08:00"
IN_AUGUST = datetime(2026, 8, 3, tzinfo=UTC)
DEFINED = {"code": "pm25", "title": "PM2.5", "period_kind": "month", "level": "town"}


def load(actor, slug, *rows):
    given = [GivenRow(number, row) for number, row in enumerate(rows, start=2)]
    return load_rows(actor, declared()[slug], ReadFile("x.csv", b"x", given))


def codes(answer):
    return [error.code for outcome in answer.outcomes for error in outcome.errors]


def value_row(world, **more):
    return {"indicator": "pm25", "area": world.west_town.code, "period": "2026-05", "value": "30"} | more


def earlier_row(world, **more):
    return value_row(world, value="31", reason="", said_at="2026-06-01 08:00", replaced_at="2026-06-02 08:00") | more


@pytest.fixture
def archived(world, staff):
    """A value that came from an archive."""
    make_indicator(department=world.ecology)
    assert not codes(load(staff, "observations", value_row(world, said_at=SAID)))
    return Observation.objects.get()


def test_a_sheet_defines_indicators_in_any_order_changes_them_and_takes_changes_back(world, staff):
    both = DEFINED | {"code": "both", "way": "formula", "formula": "pm25 + pm25"}
    more = {"department": "ecology", "direction": "越低越好", "due_days": "10", "is_public": "是", "decimals": "1"}
    first = load(staff, "indicators", both, DEFINED | more)
    assert first.counts["stored"] == 2 and not codes(first)
    pm25 = Indicator.objects.get(code="pm25")
    assert (pm25.department, pm25.direction, pm25.due_days, pm25.is_public) == (world.ecology, "down", 10, True)
    assert load(staff, "indicators", DEFINED | more).counts["same"] == 1
    changed = load(staff, "indicators", {"code": "pm25", "title": "细颗粒物"})
    pm25.refresh_from_db()
    assert (changed.counts["changed"], pm25.title, pm25.due_days, pm25.version) == (1, "细颗粒物", 10, 2)
    undo(staff, changed.load.pk)
    pm25.refresh_from_db()
    assert pm25.title == "PM2.5"
    assert undo(staff, first.load.pk)[1:] == (0, 2)  # what was defined stays


def test_a_definition_is_checked_as_on_the_page_and_made_by_its_keepers(world, staff, officer):
    for wrong, code in (
        ({"code": "PM 25"}, "invalid"), ({"level": "nowhere"}, "unknown-choice"), ({"layer": "no"}, "unknown"),
        ({"way": "formula", "formula": "nothing * 2"}, "unknown"), ({"decimals": "70"}, "not-a-number"),
    ):  # fmt: skip
        assert codes(load(staff, "indicators", DEFINED | wrong)), (wrong, code)
    with pytest.raises(NotPermitted):
        load(officer, "indicators", DEFINED)
    assert not Indicator.objects.exists()


def test_what_is_about_the_features_of_a_layer_stays_with_the_layer(world):
    layer = Layer.objects.create(slug="wells", title="井", kind=Layer.Kind.VECTOR)
    make_indicator("depth", level="feature", layer=layer)
    pm25 = make_indicator()
    assert list(that_leave()) == [pm25]


def test_a_value_of_an_archive_says_so_and_keeps_its_time(world, staff, archived):
    assert archived.way == Way.ARCHIVE and archived.said_at == datetime.fromisoformat(SAID)
    answer = load(staff, "observations", value_row(world, said_at="2026-06-30", confirmed="是"))
    assert answer.counts["same"] == 1
    archived.refresh_from_db()
    assert archived.said_at == datetime.fromisoformat(SAID)


def test_no_time_is_written_down_for_an_indicator_that_is_in_use_here(world, staff, archived):
    record_value(staff, Given(archived.indicator, world.east_town, MAY, Decimal(9)), Way.PAGE)
    late = value_row(world, period="2026-04", said_at="2026-05-02 09:00")
    assert codes(load(staff, "observations", late)) == ["in-use"]
    assert codes(load(staff, "observations", late | {"period": "2026-03", "said_at": "2999-01-01"})) == ["bad-time"]
    assert Observation.objects.count() == 2


def test_a_closed_period_is_open_to_an_archive_alone(world, staff):
    make_indicator(closed_before=date(2026, 6, 1))
    assert codes(load(staff, "observations", value_row(world))) == ["closed"]
    assert not codes(load(staff, "observations", value_row(world, said_at=SAID)))


def later(**span):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_an_archive_is_taken_for_a_day_so_that_no_later_month_is_dated_back(world, staff, archived):
    june = value_row(world, period="2026-06", said_at="2026-07-01 09:00")
    with later(hours=20):
        assert not codes(load(staff, "observations", value_row(world, period="2026-04", said_at=SAID)))
    with later(hours=25):
        assert codes(load(staff, "observations", june)) == ["archive-over"]
        assert not codes(load(staff, "observations", june | {"said_at": ""}))
    assert list(Observation.objects.order_by("period").values_list("way", flat=True)) == ["archive"] * 2 + ["sheet"]


def test_books_are_closed_to_what_comes_after_an_archive(world, staff, archived):
    Indicator.objects.update(closed_before=date(2026, 6, 1))
    april = value_row(world, period="2026-04")
    with later(hours=25):
        assert codes(load(staff, "observations", april | {"said_at": SAID})) == ["archive-over"]
        assert codes(load(staff, "observations", april)) == ["closed"]
    assert Observation.objects.get() == archived


def test_no_earlier_time_is_added_to_an_archive_afterwards(world, staff, archived):
    with later(hours=25):
        assert codes(load(staff, "earlier-values", earlier_row(world))) == ["archive-over"]
    assert not EarlierValue.objects.exists()


def late_in_may():
    """The towns whose value of May is told to be late in autumn."""
    Indicator.objects.update(due_days=10)
    wording = read_wording([{"kind": "late", "indicator": "pm25", "days": 0}])
    judge = Judge(wording, places_asked(wording), read_for([(wording, [MAY])], date(2026, 10, 1)))
    return sorted(place.name for place, causes in judge.of_day(MAY) if causes)


def test_of_an_archive_is_not_asked_what_was_late_and_of_what_was_said_here_it_is(world, staff):
    pm25 = make_indicator(department=world.ecology)
    assert not codes(load(staff, "observations", value_row(world, said_at="2026-08-03 09:00")))
    record_value(staff, Given(pm25, world.east_town, MAY, Decimal(31)), Way.PAGE, at=IN_AUGUST)
    assert late_in_may() == ["东镇"]
    record_value(staff, Given(pm25, world.west_town, MAY, Decimal(29), reason="更正"), Way.PAGE, at=IN_AUGUST)
    assert late_in_may() == ["东镇"]


def test_a_plan_out_of_an_archive_makes_no_late_value_timely(world, staff, archived):
    planned = value_row(world, area=world.east_town.code, value="", plan="40", said_at=SAID)
    assert not codes(load(staff, "observations", planned))
    said = Given(archived.indicator, world.east_town, MAY, Decimal(31), Decimal(40), reason="补报")
    record_value(staff, said, Way.PAGE, at=IN_AUGUST)
    assert late_in_may() == ["东镇"]


def test_what_stood_before_comes_along_once_and_never_changes(world, staff, archived):
    answer = load(staff, "earlier-values", earlier_row(world))
    assert answer.counts["stored"] == 1, codes(answer)
    row = EarlierValue.objects.get()
    assert (row.observation, row.value, row.way, row.said_by) == (archived, Decimal(31), Way.ARCHIVE, None)
    assert row.replaced_at == datetime(2026, 6, 2, 0, 0, tzinfo=UTC)
    assert load(staff, "earlier-values", earlier_row(world)).counts["same"] == 1
    assert codes(load(staff, "earlier-values", earlier_row(world, value="32"))) == ["history"]
    undone = undo(staff, answer.load.pk)
    assert undone[1:] == (0, 1) and EarlierValue.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"replaced_at": "2026-05-01"}, "bad-time"),
        ({"replaced_at": "2026-06-30"}, "bad-time"),
        ({"said_at": "x"}, "bad-time"),
        ({"period": "2026-04"}, "no-value"),
        ({"indicator": "nothing"}, "unknown"),
    ],
)
def test_what_stood_before_stood_before(world, staff, archived, wrong, code):
    assert codes(load(staff, "earlier-values", earlier_row(world, **wrong)))[0]
    assert not EarlierValue.objects.exists(), code


def test_no_past_is_made_up_for_a_value_that_was_said_here(world, staff, officer, archived):
    said = Earlier(Decimal(31), None, None, "", archived.said_at, archived.said_at)
    with pytest.raises(NotPermitted):
        keep_earlier(officer, archived, said)
    record_value(staff, Given(archived.indicator, world.west_town, MAY, Decimal(29), reason="更正"), Way.PAGE)
    archived.refresh_from_db()
    with pytest.raises(BadInput) as refused:
        keep_earlier(staff, archived, said)
    assert refused.value.code == "in-use"
    assert codes(load(staff, "earlier-values", earlier_row(world))) == ["in-use"]


def rule_row(number="1", **more):
    high = {"kind": "limit", "indicator": "pm25", "beyond": "above", "value": 75}
    facts = {"code": "pm25-high", "title": "偏高", "conditions": json.dumps([high]), "effective_from": "2026-01-01"}
    return facts | {"number": number} | more


def test_rules_come_wording_by_wording_and_are_off(world, staff, officer):
    make_indicator()
    answer = load(staff, "warning-rules", rule_row("2", reason="收紧"), rule_row("1"))
    assert answer.counts["stored"] == 2, codes(answer)
    rule = WarningRule.objects.get()
    assert (rule.version, rule.is_on) == (2, False)
    assert list(rule.versions.values_list("number", "reason")) == [(2, "收紧"), (1, "")]
    assert load(staff, "warning-rules", rule_row("1")).counts["same"] == 1
    assert codes(load(staff, "warning-rules", rule_row("1", reason="别的"))) == ["history"]
    assert codes(load(staff, "warning-rules", rule_row("4"))) == ["out-of-order"]
    with pytest.raises(NotPermitted):
        load(officer, "warning-rules", rule_row("3"))
    assert WarningRuleVersion.objects.count() == 2


@pytest.mark.parametrize("text", ["[", "[" * 7_000, "NaN", '"' + "x" * 9_000 + '"', "{}", '[{"kind": "limit"}]'])
def test_conditions_that_are_none_are_refused(world, staff, text):
    make_indicator()
    assert len(codes(load(staff, "warning-rules", rule_row("1", conditions=text)))) == 1
    assert not WarningRule.objects.exists()
