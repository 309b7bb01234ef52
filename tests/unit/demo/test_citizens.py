"""The demonstration's citizens: every state once at least, by histories that the table of steps allows."""

from datetime import date

import pytest

from demo.plan.citizens import reports
from supervision.matters.states import State
from supervision.matters.table import TABLE
from supervision.public.private_links import is_secret

TODAY = date(2026, 11, 23)
REPORTS = reports(TODAY)


def verbs(report):
    return [event.verb for event in report.events]


def test_every_state_but_returned_is_shown():
    shown = {TABLE.replay(verbs(report)) for report in REPORTS}
    assert shown == set(State) - {State.RETURNED}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.key)
def test_events_are_in_order_and_in_the_past(report):
    times = [event.at for event in report.events]
    assert times == sorted(times)
    assert times[-1].date() <= TODAY
    assert is_secret(report.secret)


def test_nothing_is_published_that_staff_have_not_accepted():
    published = [report for report in REPORTS if "published" in verbs(report)]
    assert len(published) >= 5
    for report in published:
        assert verbs(report).index("published") > verbs(report).index("accepted")


def test_the_same_day_gives_the_same_reports():
    assert reports(TODAY) == REPORTS
