"""A track is kept once, measured by the server, and what cannot be true is set apart with its reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from geokit.refusal import BadInput, NotPermitted, TooLarge
from inspections.models import Patrol, PatrolEvent, TrackBatch, TrackPoint
from inspections.patrols import measuring, queries, services, track_batches
from ledger import chain
from tests import roles
from tests.integration.inspections.conftest import STEP, fixes

pytestmark = pytest.mark.django_db


def test_a_walk_is_measured_by_the_server(walk, reach, world):
    patrol = walk(26)
    assert patrol.length_m == pytest.approx(25 * STEP * 96_530, rel=0.01)  # a degree of longitude at 29.85 N
    assert patrol.recorded_s == 25 * 30
    assert patrol.area == world.west_town
    assert patrol.faults == {}
    assert patrol.track.num_geom == 1


def test_the_waters_passed_and_the_share_seen_are_told(walk, reach):
    passed = queries.waters_of(walk(26)).get()
    # 25 steps of 0.0004 degrees are half of the reach's 0.02, and sight reaches 50 m ahead.
    assert passed.reach == reach
    assert passed.covered_m == pytest.approx(25 * STEP * 96_530 + 50, rel=0.02)
    assert 0.5 < passed.share < 0.56


def test_a_water_out_of_sight_is_not_passed(walk, reach):
    assert not walk(26, lat=29.852).reaches.exists()


def test_another_phone_or_an_emptied_one_counts_from_0_again_and_nothing_is_lost(deputy, walk):
    patrol = walk(5, ended=False)
    later = fixes(5, patrol.started_at + timedelta(minutes=10), lon=121.32)
    assert services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=later) == 10
    assert services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=later) == 10
    assert list(patrol.points.order_by("number").values_list("number", flat=True)) == list(range(10))
    assert services.stop(deputy, patrol.pk).length_m == pytest.approx(2 * 4 * 38.6, abs=2)


def test_the_same_batch_twice_is_kept_once(deputy, walk):
    patrol = walk(0, ended=False)
    batch, rows = uuid4(), fixes(10, patrol.started_at)
    assert services.add_track(deputy, patrol.pk, batch_id=batch, rows=rows) == 10
    assert services.add_track(deputy, patrol.pk, batch_id=batch, rows=rows) == 10
    assert TrackBatch.objects.count() == 1


def test_the_same_batch_is_answered_after_the_end_too(deputy, walk):
    patrol = walk(0, ended=False)
    batch, rows = uuid4(), fixes(10, patrol.started_at)
    services.add_track(deputy, patrol.pk, batch_id=batch, rows=rows)
    services.stop(deputy, patrol.pk)
    assert services.add_track(deputy, patrol.pk, batch_id=batch, rows=rows) == 10


def test_a_new_batch_after_the_end_is_refused(deputy, walk):
    patrol = walk(5)
    with pytest.raises(BadInput) as caught:
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=fixes(5, patrol.started_at, first=5))
    assert caught.value.code == "patrol-ended"
    assert patrol.points.count() == 5


def test_positions_that_came_in_another_batch_already_are_kept_once(deputy, walk):
    patrol = walk(0, ended=False)
    rows = fixes(10, patrol.started_at)
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows[:6])
    assert services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows[4:]) == 10


@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
def test_a_position_of_a_year_that_nobody_can_read_is_refused_and_one_of_an_unset_clock_kept(deputy, walk, year):
    patrol = walk(0, ended=False)
    [row] = fixes(1, patrol.started_at)
    with pytest.raises(BadInput) as caught:
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=[row | {"t": f"{year}-01-01T00:00:00+00:00"}])
    assert [error.field for error in caught.value.errors] == ["points[0]"]
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=[row | {"t": "1970-01-01T00:00:00+00:00"}])
    assert services.stop(deputy, patrol.pk).faults == {"early": 1}


def test_a_batch_number_of_another_patrol_is_refused(deputy, staff, walk):
    batch = uuid4()
    mine, theirs = walk(0, ended=False), walk(0, user=staff, ended=False)
    services.add_track(deputy, mine.pk, batch_id=batch, rows=fixes(2, mine.started_at))
    with pytest.raises(BadInput) as caught:
        services.add_track(staff, theirs.pk, batch_id=batch, rows=fixes(2, theirs.started_at))
    assert caught.value.code == "client-id-taken"


def test_a_jump_no_one_can_walk_is_set_apart_and_not_counted(deputy, walk):
    patrol = walk(0, ended=False)
    rows = fixes(10, patrol.started_at)
    rows[5]["lng"] += 0.03  # 2.9 km in 30 s
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)
    patrol = services.stop(deputy, patrol.pk)
    assert patrol.faults == {"too-fast": 1}
    assert patrol.points.get(number=5).fault == TrackPoint.Fault.TOO_FAST
    assert patrol.length_m == pytest.approx(9 * STEP * 96_530, rel=0.01)


def test_positions_outside_the_district_in_the_future_too_early_or_too_coarse_are_set_apart(deputy, walk):
    patrol = walk(0, ended=False)
    rows = fixes(6, patrol.started_at)
    rows[1]["lng"] = 120.9
    rows[2]["t"] = (timezone.now() + timedelta(hours=3)).isoformat()
    rows[3]["t"] = (patrol.started_at - timedelta(hours=3)).isoformat()
    rows[4]["accuracy"] = 900
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)
    patrol = services.stop(deputy, patrol.pk)
    assert patrol.faults == {"outside": 1, "future": 1, "early": 1, "inaccurate": 1}
    assert patrol.points.count() == 6
    assert dict(patrol.points.values_list("number", "fault")) == {
        0: "", 1: "outside", 2: "future", 3: "early", 4: "inaccurate", 5: "",
    }  # fmt: skip


def test_a_gap_in_the_signal_counts_as_nothing_walked(deputy, walk):
    patrol = walk(0, ended=False)
    rows = fixes(10, patrol.started_at)
    for row in rows[5:]:
        row["t"] = (patrol.started_at + timedelta(minutes=30, seconds=30 * row["n"])).isoformat()
    services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)
    patrol = services.stop(deputy, patrol.pk)
    assert patrol.track.num_geom == 2
    assert patrol.length_m == pytest.approx(8 * STEP * 96_530, rel=0.01)
    assert patrol.recorded_s == 8 * 30


def test_a_patrol_without_a_position_ends_with_nothing_measured(walk):
    patrol = walk(0)
    assert (patrol.length_m, patrol.recorded_s, patrol.track, patrol.area) == (0, 0, None, None)


def test_more_than_ten_thousand_positions_are_refused_and_those_before_stay(deputy, walk, monkeypatch):
    assert track_batches.MOST_IN_PATROL == 10_000
    monkeypatch.setattr(services, "MOST_IN_PATROL", 12)
    patrol = walk(10, ended=False)
    with pytest.raises(TooLarge) as caught:
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=fixes(3, patrol.started_at, first=10))
    assert caught.value.code == "track-too-long"
    assert patrol.points.count() == 10


def test_a_batch_over_its_limit_is_refused_whole(deputy, walk):
    patrol = walk(0, ended=False)
    with pytest.raises(TooLarge):
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=fixes(501, patrol.started_at))
    assert not patrol.points.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"lng": 181},
        {"lat": "29.85"},
        {"lat": float("nan")},
        {"lat": True},
        {"t": "2026-11-23T09:00:00"},
        {"t": "2026-99-99T09:00:00+08:00"},
        {"t": 5},
        {"n": -1},
        {"n": 1.5},
        {"accuracy": -3},
        {"accuracy": "8"},
    ],
)
def test_a_batch_with_a_broken_row_is_refused_with_its_place(deputy, walk, wrong):
    patrol = walk(0, ended=False)
    rows = fixes(3, patrol.started_at)
    rows[1] |= wrong
    with pytest.raises(BadInput) as caught:
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)
    assert [error.field for error in caught.value.errors] == ["points[1]"]
    assert not patrol.points.exists()


@pytest.mark.parametrize("rows", [None, [], {}, "points", [5], [{"n": 0}]])
def test_what_is_no_list_of_positions_is_refused(deputy, walk, rows):
    patrol = walk(0, ended=False)
    with pytest.raises(BadInput):
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=rows)


def test_two_positions_with_one_number_are_refused(deputy, walk):
    patrol = walk(0, ended=False)
    row = fixes(1, patrol.started_at)[0]
    with pytest.raises(BadInput):
        services.add_track(deputy, patrol.pk, batch_id=uuid4(), rows=[row, row])


def test_one_person_has_one_patrol_at_a_time(deputy, walk):
    walk(0, ended=False)
    with pytest.raises(BadInput) as caught:
        services.start(deputy, client_id=uuid4())
    assert caught.value.code == "already-running"
    with pytest.raises(IntegrityError), transaction.atomic():
        Patrol.objects.create(client_id=uuid4(), user=deputy, started_at=timezone.now())


def test_a_patrol_started_again_is_the_same(deputy, world):
    number = uuid4()
    assert services.start(deputy, client_id=number) == services.start(deputy, client_id=number)


def test_a_number_that_somebody_else_used_is_refused(deputy, staff, world):
    number = uuid4()
    services.start(deputy, client_id=number)
    with pytest.raises(BadInput) as caught:
        services.start(staff, client_id=number)
    assert caught.value.code == "client-id-taken"


@pytest.mark.parametrize("cast", ["officer", "gis"])
def test_officers_and_gis_staff_do_not_patrol(cast, request, world):
    with pytest.raises(NotPermitted):
        services.start(request.getfixturevalue(cast), client_id=uuid4())


@pytest.mark.parametrize("wrong", [{"capacity": "president"}, {"river_code": "NONE"}])
def test_an_unknown_capacity_or_river_is_refused(deputy, wrong):
    with pytest.raises(BadInput):
        services.start(deputy, client_id=uuid4(), **wrong)
    assert not Patrol.objects.exists()


def test_nobody_records_or_ends_the_patrol_of_another(deputy, staff, walk):
    patrol = walk(0, ended=False)
    with pytest.raises(NotPermitted):
        services.add_track(staff, patrol.pk, batch_id=uuid4(), rows=fixes(1, patrol.started_at))
    with pytest.raises(NotPermitted):
        services.stop(staff, patrol.pk)
    patrol.refresh_from_db()
    assert patrol.is_running


def test_a_patrol_of_another_deputy_looks_like_none(django_user_model, walk):
    patrol = walk(0, ended=False)
    stranger = django_user_model.objects.create_user("stranger", role="deputy")
    with pytest.raises(BadInput) as caught:
        services.add_track(stranger, patrol.pk, batch_id=uuid4(), rows=fixes(1, patrol.started_at))
    assert caught.value.code == "unknown-patrol"


def test_ending_twice_changes_nothing(deputy, walk):
    patrol = walk(5)
    ended = patrol.ended_at
    assert services.stop(deputy, patrol.pk, note="再来").ended_at == ended
    assert patrol.events.filter(verb="stopped").count() == 1


def test_a_short_patrol_is_kept_and_said_not_to_count(walk, set_rule):
    patrol = walk(26)
    set_rule("patrols.deputy.min_minutes", 30)
    set_rule("patrols.deputy.min_metres", 500)
    standing = queries.standing(patrol, queries.rules()["deputy"])
    assert not standing.counts
    assert (standing.short_minutes, standing.short_metres) == (18, 0)  # 12.5 minutes were recorded
    assert queries.standing(patrol, None).counts


def test_the_rhythm_tells_who_is_late_by_the_local_rule(walk, deputy, set_rule):
    set_rule("patrols.deputy.every_days", 7)
    walk(26, began=timezone.now() - timedelta(days=10))
    today = timezone.localdate()
    row = queries.rhythms(Patrol.objects.all(), today, today - timedelta(days=30))[0]
    assert (row.user, row.patrols, row.counting, row.late_days) == (deputy, 1, 1, 3)


def test_without_a_rule_nobody_is_late(walk):
    walk(26, began=timezone.now() - timedelta(days=300))
    today = timezone.localdate()
    assert queries.rhythms(Patrol.objects.all(), today, today - timedelta(days=365))[0].late_days == 0


def test_two_walks_over_the_same_water_cover_it_once(walk, reach, staff):
    now = timezone.now()
    walk(26)
    once = queries.total_of(queries.coverage_by_town(now - timedelta(days=1), now + timedelta(days=1)))
    walk(26, user=staff)
    twice = queries.total_of(queries.coverage_by_town(now - timedelta(days=1), now + timedelta(days=1)))
    assert once.covered_m == pytest.approx(twice.covered_m, abs=2)
    assert once.length_m == pytest.approx(reach.length_m, rel=0.001)
    assert 50 < once.percent < 56


def test_a_patrol_outside_the_span_covers_nothing(walk, reach):
    walk(26)
    now = timezone.now()
    assert queries.total_of(queries.coverage_by_river(now + timedelta(days=1), now + timedelta(days=2))).covered_m == 0


def test_every_step_is_an_event_that_cannot_be_edited(walk):
    patrol = walk(5)
    assert list(patrol.events.values_list("verb", flat=True)) == ["started", "stopped"]
    event = patrol.events.last()
    assert event.digest == measuring.digest_of(patrol)
    with roles.owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        PatrolEvent.objects.filter(pk=event.pk).update(text="别的")
    assert chain.verify().faults == ()


def test_a_track_that_was_changed_in_the_database_shows(walk, as_user, staff):
    patrol = walk(5)
    page = as_user(staff).get(patrol.get_absolute_url()).content.decode()
    assert "与结束时留下的摘要不一致" not in page
    patrol.points.filter(number=2).update(at=patrol.started_at)
    page = as_user(staff).get(patrol.get_absolute_url()).content.decode()
    assert "与结束时留下的摘要不一致" in page


def test_a_step_of_a_patrol_that_was_rewritten_is_found(walk):
    event = walk(5).events.last()
    table = PatrolEvent._meta.db_table
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET digest = 'forged' WHERE id = %s", [event.pk])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    found = [fault for fault in chain.verify().faults if fault.kind != "trigger-missing"]
    assert [(fault.table, fault.row, fault.kind) for fault in found] == [(table, event.pk, "row-changed")]


def test_a_rule_that_is_set_later_does_not_judge_earlier_patrols(walk, set_rule):
    now = timezone.now()
    earlier, today = walk(5, began=now - timedelta(days=5)), timezone.localdate(now)
    set_rule("patrols.deputy.min_minutes", 600, since=today - timedelta(days=3))
    later = walk(5, began=now - timedelta(hours=1))
    assert queries.standing(earlier, queries.rule_of(earlier)).counts
    assert not queries.standing(later, queries.rule_of(later)).counts
    row = queries.rhythms(Patrol.objects.all(), today, today - timedelta(days=30))[0]
    assert (row.patrols, row.counting) == (2, 1)
