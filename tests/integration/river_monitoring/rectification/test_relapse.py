"""A delisted point whose complete months fail is shown as such, then relisted, without anybody's doing."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import rules
from accounts.rules import services as rules_services
from ledger.models import AuditEntry
from river_monitoring.history import history_of
from river_monitoring.jobs import nightly
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.rectification.relapse import check_all
from river_monitoring.samples.models import Sample
from river_monitoring.samples.services import correct_sample
from tests.integration.river_monitoring.conftest import BAD, GOOD, stored


@pytest.fixture
def delisted(make_point):
    return make_point("D-1", status="delisted", delisted_on=timezone.localdate() - timedelta(days=200))


def in_month(back, day=5, hour=10):
    """A moment in the month that began `back` months ago."""
    now = timezone.localtime()
    index = now.year * 12 + now.month - 1 - back
    return now.replace(year=index // 12, month=index % 12 + 1, day=day, hour=hour, minute=0, second=0, microsecond=0)


def steps():
    return [(event.from_status, event.to_status) for event in RectificationEvent.objects.order_by("pk")]


def test_a_failing_month_shows_on_the_delisted_point_and_says_why(delisted):
    stored(delisted, in_month(1), BAD)
    delisted.refresh_from_db()
    event = RectificationEvent.objects.get()
    assert (delisted.status, event.from_status, event.actor) == ("exceeded", "delisted", None)
    assert delisted.delisted_on and delisted.due_on is None
    assert "劣Ⅴ类" in event.note and event.note.startswith("系统按数据完整的月份判定")


def test_a_second_failing_month_in_a_row_relists_it(delisted):
    stored(delisted, in_month(2), BAD)
    stored(delisted, in_month(1), BAD)
    delisted.refresh_from_db()
    assert steps() == [("delisted", "exceeded"), ("exceeded", "listed")]
    assert (delisted.status, delisted.delisted_on, delisted.baseline_class) == ("listed", None, 6)
    assert delisted.due_on == timezone.localdate() + timedelta(days=60)
    assert delisted.listed_for == ["nh3n"]


def test_a_point_under_look_back_fails_too(delisted):
    delisted.status = "look_back"
    delisted.save()
    stored(delisted, in_month(1), BAD)
    assert steps() == [("look_back", "exceeded")]


def test_a_compliant_month_changes_nothing(delisted):
    stored(delisted, in_month(1), GOOD)
    assert steps() == []


def test_one_good_month_does_not_take_the_mark_away(delisted):
    stored(delisted, in_month(2), BAD)
    stored(delisted, in_month(1), GOOD)
    delisted.refresh_from_db()
    assert delisted.status == "exceeded"


def test_a_month_of_too_little_data_neither_fails_nor_saves(delisted):
    stored(delisted, in_month(3), {"nh3n": "9.9"})
    assert steps() == []
    stored(delisted, in_month(2), BAD)
    stored(delisted, in_month(1), {"ph": "7.0"})
    assert steps() == [("delisted", "exceeded")]


def test_one_good_hour_in_an_incomplete_month_does_not_break_the_run(delisted):
    stored(delisted, in_month(3), BAD)
    stored(delisted, in_month(2), {"ph": "7.0", "do": "8.0"})
    stored(delisted, in_month(1), BAD)
    assert steps()[-1] == ("exceeded", "listed")


def test_one_bad_hour_of_the_running_month_changes_nothing_until_the_month_is_over(delisted):
    sample = stored(delisted, timezone.now() - timedelta(minutes=5), BAD)
    assert (steps(), sample.water_class) == ([], 6)
    assert check_all() == []


def test_one_bad_hour_is_averaged_with_the_month(delisted):
    at = in_month(1, day=3, hour=0)
    for hour in range(12):
        stored(delisted, at + timedelta(hours=hour), GOOD)
    stored(delisted, at + timedelta(hours=12), BAD)
    assert steps() == []


def test_samples_from_before_the_delisting_do_not_count(delisted):
    delisted.delisted_on = in_month(1, day=20).date()
    delisted.save()
    stored(delisted, in_month(1, day=10), BAD)
    assert steps() == []


def test_a_month_that_was_put_right_since_does_not_count(delisted):
    stored(delisted, in_month(1), GOOD)
    stored(delisted, in_month(2), BAD)
    assert steps() == []


def test_how_many_failing_months_relist_is_configured(delisted, set_rule):
    set_rule("relapse.months", 1)
    set_rule("relapse.deadline_days", 30)
    stored(delisted, in_month(1), BAD)
    delisted.refresh_from_db()
    assert (delisted.status, delisted.due_on) == ("listed", timezone.localdate() + timedelta(days=30))


def test_a_correction_can_bring_it_about(delisted, sampler):
    wrong = stored(delisted, in_month(1), GOOD)
    correct_sample(wrong.pk, BAD, "小数点错位", sampler)
    assert steps() == [("delisted", "exceeded")]


def test_a_point_that_is_on_the_list_already_stays_as_it_is(listed):
    stored(listed, in_month(1), BAD)
    assert steps() == []


def test_samples_that_came_another_way_are_found_by_command_and_nightly_job(delisted, capsys, make_point):
    Sample.objects.create(point=delisted, phenomenon_time=in_month(1), readings=BAD, water_class=6)
    call_command("check_relapses", "--json")
    assert json.loads(capsys.readouterr().out) == {"relisted": [], "exceeded": ["D-1"]}
    call_command("check_relapses", "--json")
    assert json.loads(capsys.readouterr().out) == {"relisted": [], "exceeded": []}
    other = make_point("D-2", status="delisted", delisted_on=delisted.delisted_on)
    for back in (1, 2):
        Sample.objects.create(point=other, phenomenon_time=in_month(back), readings=BAD, water_class=6)
    assert nightly()["relisted"] == 1


def test_list_tile_filter_and_overview_show_the_state(delisted, as_user):
    stored(delisted, in_month(1), BAD)
    client = as_user(None)
    for address in ("/river/points/", "/river/", "/river/points/?status=exceeded", delisted.get_absolute_url()):
        assert "销号后超标" in client.get(address).content.decode(), address
    assert "D-1" in client.get("/river/points/?status=exceeded").content.decode()
    assert "D-1" not in client.get("/river/points/?status=delisted").content.decode()
    found = client.get("/api/v1/monitoring-points/?status=exceeded").json()
    assert [row["properties"]["status"] for row in found["features"]] == ["exceeded"]


def test_what_failed_at_the_listing_is_worked_out_for_older_points(make_point):
    on = in_month(4, day=20).date()
    old = make_point("OLD-1", status="under_way", listed_on=on)
    good = make_point("OLD-2", status="under_way", listed_on=on)
    for point, readings in ((old, BAD), (good, GOOD)):
        stored(point, in_month(4), readings)
        stored(point, in_month(2), GOOD | {"tp": "9.9"})
    assert nightly()["listings_completed"] == 1
    assert nightly()["listings_completed"] == 0
    old.refresh_from_db(), good.refresh_from_db()
    assert (old.listed_for, good.listed_for) == (["nh3n"], [])
    assert AuditEntry.objects.filter(verb="complete-listing").count() == 1


def test_a_relapse_keeps_the_rule_it_was_judged_by_whatever_is_set_later(delisted, admin_user):
    today = timezone.localdate()
    rules_services.change(admin_user, "relapse.months", 2, effective_from=today, reason="治水办要求")
    version = rules.version()
    stored(delisted, in_month(2), BAD)
    stored(delisted, in_month(1), BAD)
    event = RectificationEvent.objects.filter(to_status="listed").latest("pk")
    assert event.basis == {"version": version, "relapse.months": 2, "relapse.deadline_days": 60}
    rules_services.change(admin_user, "relapse.months", 9, effective_from=today, reason="放宽")
    assert check_all() == []
    delisted.refresh_from_db()
    assert delisted.status == "listed"
    said = next(entry for entry in history_of(delisted, None) if entry.facts)
    assert said.facts[0].startswith(f"按本区规则第 {version} 版：")


def test_a_good_month_of_the_works_own_party_alone_does_not_break_the_run(delisted):
    stored(delisted, in_month(3), BAD)
    stored(delisted, in_month(2), GOOD, by="water")
    stored(delisted, in_month(1), BAD)
    assert steps() == [("delisted", "exceeded"), ("exceeded", "listed")]


def test_a_good_month_of_somebody_else_breaks_the_run(delisted):
    stored(delisted, in_month(3), BAD)
    stored(delisted, in_month(2), GOOD)
    stored(delisted, in_month(1), BAD)
    assert steps() == [("delisted", "exceeded")]
