"""A delisted point whose later samples fail is back on the list without anybody's doing."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.samples.models import Sample
from river_monitoring.samples.services import correct_sample
from tests.integration.river_monitoring.conftest import BAD, GOOD


@pytest.fixture
def delisted(make_point):
    return make_point("D-1", status="delisted", delisted_on=timezone.localdate() - timedelta(days=200))


def test_a_failing_sample_relists_the_point_and_says_why(delisted, sample):
    sample(delisted, BAD)
    delisted.refresh_from_db()
    event = RectificationEvent.objects.get()
    assert (delisted.status, delisted.delisted_on, delisted.baseline_class) == ("listed", None, 6)
    assert delisted.due_on == timezone.localdate() + timedelta(days=60)
    assert (event.actor, event.from_status, event.to_status) == (None, "delisted", "listed")
    assert "劣Ⅴ类" in event.note


def test_a_point_under_look_back_relapses_too(delisted, sample):
    delisted.status = "look_back"
    delisted.save()
    sample(delisted, BAD)
    assert RectificationEvent.objects.get().from_status == "look_back"


def test_a_compliant_sample_changes_nothing(delisted, sample):
    sample(delisted, GOOD)
    delisted.refresh_from_db()
    assert delisted.status == "delisted"


def test_a_sample_that_cannot_be_rated_relists_nothing(delisted, sample):
    sample(delisted, {"temp": "21"})
    assert not RectificationEvent.objects.exists()


def test_one_bad_hour_is_averaged_with_the_month(delisted, sample):
    at = timezone.localtime().replace(day=1, hour=0, minute=0) - timedelta(days=20)
    for hour in range(12):
        Sample.objects.create(point=delisted, phenomenon_time=at + timedelta(hours=hour), readings=GOOD, water_class=2)
    sample(delisted, BAD, days_ago=(timezone.now() - at).total_seconds() / 86400 - 0.6)
    assert not RectificationEvent.objects.exists()


def test_samples_from_before_the_delisting_do_not_count(delisted, sample):
    delisted.delisted_on = timezone.localdate() - timedelta(days=5)
    delisted.save()
    sample(delisted, BAD, days_ago=10)
    assert not RectificationEvent.objects.exists()


def test_a_month_that_was_put_right_since_does_not_count(delisted, sample):
    sample(delisted, GOOD, days_ago=1)
    sample(delisted, BAD, days_ago=70)
    assert not RectificationEvent.objects.exists()


def test_more_failing_months_can_be_asked_for(delisted, sample, set_rule):
    set_rule("relapse.months", 2)
    set_rule("relapse.deadline_days", 30)
    sample(delisted, BAD, days_ago=1)
    assert not RectificationEvent.objects.exists()
    sample(delisted, BAD, days_ago=32)
    delisted.refresh_from_db()
    assert delisted.due_on == timezone.localdate() + timedelta(days=30)


def test_a_correction_can_bring_a_relapse(delisted, sample, officer):
    wrong = sample(delisted, GOOD)
    correct_sample(wrong.pk, BAD, "小数点错位", officer)
    delisted.refresh_from_db()
    assert delisted.status == "listed"


def test_a_point_that_is_on_the_list_already_stays_as_it_is(listed, sample):
    sample(listed, BAD)
    assert not RectificationEvent.objects.exists()


def test_samples_that_came_another_way_are_found_by_the_command(delisted, capsys):
    Sample.objects.create(point=delisted, phenomenon_time=timezone.now(), readings=BAD, water_class=6)
    call_command("check_relapses", "--json")
    assert capsys.readouterr().out == '{"relisted": ["D-1"]}\n'
    call_command("check_relapses", "--json")
    assert capsys.readouterr().out == '{"relisted": []}\n'
