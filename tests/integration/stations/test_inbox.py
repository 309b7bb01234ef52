"""What waits at the stations, for whom it waits and for nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stations.activities import services as activities
from stations.activities.services import ActivityPlan
from stations.duty import services as duty
from stations.inbox import waiting
from stations.receptions import matters
from stations.receptions import services as receptions


@pytest.fixture
def today(noon):
    return timezone.localdate()


def kinds(user, today):
    """The kinds that have rows, and how many; each row is shown as the page would."""
    found = {}
    for each in waiting(user, today):
        rows = list(each.rows)
        if rows:
            assert all(each.show(row).title and each.show(row).url for row in rows)
            found[each.kind] = len(rows)
    return found


def test_a_deputy_sees_what_she_is_called_to(receiving, deputy, staff, town_officer, west, plan, today):
    receptions.announce(town_officer, west, plan())
    starts = timezone.now() + timedelta(days=2)
    activities.announce(
        staff, ActivityPlan("study", "学习", starts, starts + timedelta(hours=2), "区人大"), [receiving]
    )
    assert kinds(deputy, today) == {"receptions-to-come": 1, "activities-to-come": 1}


def test_matters_wait_for_the_deputy_who_received_them_and_for_who_runs_the_station(
    receiving, deputy, town_officer, eastern_officer, announced, noon, today
):
    noon.move_to(announced.starts_at + timedelta(minutes=5))
    receptions.sign_in(deputy, announced.pk)
    matter = matters.add_matter(deputy, announced.pk, level="town", text="路灯不亮")
    assert kinds(deputy, today)["my-station-matters"] == 1
    assert kinds(town_officer, today)["station-matters"] == 1
    assert kinds(eastern_officer, today) == {}
    matters.settle(deputy, matter.pk, version=1, answer="已换灯")
    assert "my-station-matters" not in kinds(deputy, today)


def test_a_day_that_is_over_waits_to_be_recorded(announced, town_officer, eastern_officer, noon, today):
    noon.move_to(announced.ends_at + timedelta(hours=1))
    assert kinds(town_officer, today) == {"receptions-to-record": 1}
    assert kinds(eastern_officer, today) == {}


def test_what_a_deputy_wrote_down_waits_for_the_staff_of_her_area(receiving, deputy, staff, east_staff, today):
    duty.add(deputy, receiving, kind="study", on=today, title="学习代表法")
    assert kinds(staff, today) == {"duty-to-confirm": 1}
    assert kinds(east_staff, today) == {}
