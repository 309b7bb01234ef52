"""From when delisting could be asked: the answer is held against the rule itself, day by day."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from river_monitoring.steps import delisting_day
from river_monitoring.steps.delisting_day import outlook_of
from river_monitoring.steps.proofs import EvidenceOnFile, Rules, SampleDay, missing_evidence
from river_monitoring.steps.table import TABLE, State
from river_monitoring.works import progress

TODAY = date(2026, 11, 20)
LOOK_BACK = TABLE.move(State.LOOK_BACK, State.DELISTED)


def days(*texts, compliant=True):
    return [SampleDay(date.fromisoformat(text), compliant) for text in texts]


@pytest.mark.parametrize("module", [delisting_day, progress])
def test_examples_in_the_documentation_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(
    ("samples", "earliest"),
    [
        (days("2026-09-08", "2026-10-08", "2026-11-06"), "2026-11-20"),
        (days("2026-10-08", "2026-11-06"), "2026-12-01"),
        (days("2026-09-08", "2026-10-08"), "2026-11-20"),
        (days("2026-11-06"), "2027-01-01"),
        (days("2026-11-06", compliant=False), "2027-02-01"),
        (days("2026-10-06", compliant=False), "2027-01-01"),
        (days("2026-08-06", "2026-09-06"), "2027-01-01"),
        ([], "2027-01-01"),
    ],
    ids=["met", "one more", "this month is open", "two more", "failed now", "failed last", "a month missed", "none"],
)
def test_the_earliest_day(samples, earliest):
    assert outlook_of(EvidenceOnFile(samples=samples), TODAY, Rules()).earliest == date.fromisoformat(earliest)


def test_a_month_that_was_sampled_needs_no_second_sample():
    found = outlook_of(EvidenceOnFile(samples=days("2026-10-08", "2026-11-06")), TODAY, Rules())
    assert found.to_sample == ((2026, 12),) and found.held == ((2026, 11), (2026, 10))


def test_samples_before_the_listing_do_not_count():
    file = EvidenceOnFile(samples=days("2026-09-08", "2026-10-08", "2026-11-06"), since=date(2026, 11, 1))
    assert outlook_of(file, TODAY, Rules()).earliest == date(2027, 1, 1)


samples = st.lists(
    st.builds(
        SampleDay, st.dates(TODAY - timedelta(days=200), TODAY), st.sampled_from([True, True, True, False, None])
    ),
    max_size=10,
)


def allowed(file, day, rules):
    return not missing_evidence(LOOK_BACK, file, day, rules)


def with_good_months(file, months, last):
    coming = [SampleDay(max(TODAY, date(*month, 1)), True) for month in months[:-1]]
    return EvidenceOnFile(
        note="看过", target=5, samples=[*file.samples, *coming, *([SampleDay(last, True)] if months else [])]
    )


@given(samples, st.integers(1, 5), st.integers(20, 60))
def test_on_that_day_the_rule_is_met_and_with_one_month_less_it_is_not(found, months, age):
    file, rules = EvidenceOnFile(note="看过", target=5, samples=found), Rules(months, age)
    outlook = outlook_of(file, TODAY, rules)
    assert allowed(with_good_months(file, outlook.to_sample, outlook.earliest), outlook.earliest, rules)
    assert outlook.is_met == allowed(file, TODAY, rules)
    if len(outlook.to_sample) > 1:
        day_before = outlook.earliest - timedelta(days=1)
        shorter = with_good_months(file, outlook.to_sample[:-1], day_before)
        assert not allowed(shorter, day_before, rules)
