"""Every committed change of a watched table is noted with its place, however it was made."""

import threading
import time

import psycopg2
import pytest
from django.contrib.gis.geos import Point
from django.db import connection, connections, transaction

from accounts.models import Area
from tests import roles
from tests.conftest import box as rectangle
from tiles.cache import watched_tables
from tiles.cache.change_log import RENEW_AFTER, ChangeLog

TABLE = "accounts_area"
HERE = (121.29, 29.79, 121.41, 29.91)
ELSEWHERE = (10.0, 10.0, 11.0, 11.0)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def change_log():
    own = ChangeLog()
    yield own
    own.close()


def sql(text, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def truncate():
    with roles.owner_rights():
        sql("TRUNCATE accounts_area CASCADE")


def affects(change_log, since, box=HERE, tables=(TABLE,)):
    return change_log.current().affects(tables, (), box, since)


def far_town():
    return Area.objects.create(code="999999", name="远方", level="town", point=Point(10.5, 10.5, srid=4326))


def test_the_tables_behind_tiles_are_watched_and_others_not(world):
    assert watched_tables.is_watched(TABLE)
    assert not watched_tables.is_watched("accounts_auditentry")


@pytest.mark.parametrize(
    "change",
    [
        lambda area: Area.objects.filter(pk=area.pk).update(name="新名"),
        lambda area: Area.objects.create(code="330203177", name="新镇", level="town", point=area.point),
        lambda area: area.delete(),
        lambda area: sql("UPDATE accounts_area SET name = 'by hand' WHERE id = %s", area.pk),
        lambda area: sql("DELETE FROM accounts_area WHERE id = %s", area.pk),
        lambda area: sql("UPDATE accounts_area SET geom = NULL, point = NULL WHERE id = %s", area.pk),
        lambda area: truncate(),
    ],
    ids=["update", "insert", "delete", "plain update", "plain delete", "place taken away", "truncate"],
)
def test_each_kind_of_change_is_noted_where_it_is(world, change_log, change):
    far_town()
    before = change_log.current().latest
    assert not affects(change_log, before)
    change(world.east_town)
    assert affects(change_log, before)


def test_a_change_elsewhere_is_not_a_change_here(world, change_log):
    far = far_town()
    before = change_log.current().latest
    far.name = "更远"
    far.save()
    assert not affects(change_log, before, HERE)
    assert affects(change_log, before, ELSEWHERE)


def test_what_moves_is_noted_where_it_was_and_where_it_is(world, change_log):
    far = far_town()
    before = change_log.current().latest
    Area.objects.filter(pk=far.pk).update(point=Point(121.35, 29.85, srid=4326))
    assert affects(change_log, before, ELSEWHERE)
    assert affects(change_log, before, HERE)
    assert not affects(change_log, before, (50.0, 20.0, 51.0, 21.0))


def test_each_geometry_column_counts(world, change_log):
    far = far_town()
    before = change_log.current().latest
    Area.objects.filter(pk=far.pk).update(geom=rectangle(50.1, 20.1, 50.2, 20.2))
    assert affects(change_log, before, (50.0, 20.0, 51.0, 21.0))


def test_truncate_counts_everywhere(world, change_log):
    before = change_log.current().latest
    truncate()
    assert affects(change_log, before, (50.0, 20.0, 51.0, 21.0))


def test_a_statement_that_hits_no_row_is_no_change(world, change_log):
    before = change_log.current().latest
    sql("UPDATE accounts_area SET name = name WHERE id = -1")
    sql("DELETE FROM accounts_area WHERE id = -1")
    assert change_log.current().latest == before


def test_reading_and_rolling_back_are_no_change(world, change_log):
    before = change_log.current().latest
    list(Area.objects.all())
    with pytest.raises(RuntimeError), transaction.atomic():
        Area.objects.update(name="nothing")
        raise RuntimeError
    assert change_log.current().latest == before


def test_many_rows_are_joined_to_a_few_boxes_that_still_cover_them(world, change_log):
    before = change_log.current().latest
    spots = [(60 + index % 40 * 0.5, 20 + index // 40 * 0.5) for index in range(1600)]
    Area.objects.bulk_create(
        Area(code=f"m{index}", name="m", level="village", point=Point(*spot, srid=4326))
        for index, spot in enumerate(spots)
    )
    known = change_log.current()
    (change,) = [change for change in known.changes[TABLE] if change.version > before]
    assert len(change.boxes) <= 64
    assert all(change.meets((x, y, x, y)) for x, y in spots)
    assert not change.meets(HERE)


def test_many_statements_of_one_transaction_are_one_change(world, change_log):
    before = change_log.current().latest
    spots = [(60 + index, 20.0 + index % 7) for index in range(90)] * 3
    with transaction.atomic():
        for index, spot in enumerate(spots):
            Area.objects.create(code=f"s{index}", name="s", level="village", point=Point(*spot, srid=4326))
    (change,) = [change for change in change_log.current().changes[TABLE] if change.version > before]
    assert len(change.boxes) <= 128
    assert all(change.meets((x, y, x, y)) for x, y in spots)
    assert not change.meets(HERE)


def test_a_row_without_a_place_changes_no_tile_of_its_own_but_what_depends_on_it(world, change_log):
    before = change_log.current().latest
    Area.objects.create(code="nowhere", name="无处", level="village")
    assert not affects(change_log, before)
    assert change_log.current().affects((), (TABLE,), HERE, before)


def test_numbers_become_visible_in_their_order(world, change_log):
    """A slow transaction that wrote first and commits last has the higher number."""
    before = change_log.current().latest
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="slow")
        _in_thread(lambda: Area.objects.filter(pk=world.west_town.pk).update(name="quick"))
        quick = change_log.current().latest
        assert quick > before
    assert change_log.current().latest > quick
    assert affects(change_log, quick)


def test_writers_of_the_same_table_do_not_wait_for_each_other(world):
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="slow")
        _in_thread(lambda: Area.objects.filter(pk=world.west_town.pk).update(name="quick"))
    assert Area.objects.get(pk=world.west_town.pk).name == "quick"


def test_a_writer_with_another_search_path_is_noted_too(world, change_log):
    before = change_log.current().latest
    with transaction.atomic():
        sql("SET LOCAL search_path = ''")
        sql("UPDATE public.accounts_area SET name = 'restored' WHERE id = %s", world.east_town.pk)
    assert affects(change_log, before)


def test_watching_twice_notes_once(world, change_log):
    with roles.owner_rights():
        watched_tables.watch([TABLE])
    before = change_log.current().latest
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert len([c for c in change_log.current().changes[TABLE] if c.version > before]) == 1


def test_touching_counts_everywhere(world, change_log):
    before = change_log.current().latest
    watched_tables.mark_changed(TABLE)
    assert affects(change_log, before, (50.0, 20.0, 51.0, 21.0))


def test_what_was_told_is_believed_for_a_moment_only(world, change_log):
    change_log.current()
    asked = change_log.queries
    time.sleep(2 * watched_tables.LEASE_S)
    change_log.current()
    assert change_log.queries == asked + 1


def test_a_thousand_questions_in_a_row_reach_the_database_a_few_times(world, change_log):
    change_log.current()
    asked, started = change_log.queries, time.monotonic()
    for _ in range(1000):
        change_log.current()
    assert change_log.queries - asked <= (time.monotonic() - started) / (watched_tables.LEASE_S * RENEW_AFTER) + 2


def test_while_one_renews_what_is_believed_the_others_do_not_wait(world, change_log, monkeypatch):
    known, asks, go_on = change_log.current(), threading.Event(), threading.Event()
    change_log._lease_until = time.monotonic() + 60  # long enough for this test
    change_log._renew_from = 0.0
    read = change_log._read_newer

    def slowly():
        asks.set()
        assert go_on.wait(5)
        return read()

    monkeypatch.setattr(change_log, "_read_newer", slowly)
    renewing = threading.Thread(target=change_log.current)
    renewing.start()
    assert asks.wait(5)
    asked = change_log.queries
    assert [change_log.current() for _ in range(3)] == [known] * 3
    assert change_log.queries == asked
    change_log._lease_until = 0.0
    waiting = threading.Thread(target=change_log.current)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive(), "what is believed no longer may not be told"
    go_on.set()
    for thread in (renewing, waiting):
        thread.join(5)
    assert change_log.queries == asked + 2, "the second asked after it came, for the first question had begun before"


def test_those_who_came_while_another_asked_share_the_next_answer(world, change_log, monkeypatch):
    """When the database is slow, an answer may be too old for belief when it comes; a queue must not ask one by one."""
    change_log.current()
    read, first_is_out = change_log._read_newer, threading.Event()

    def slowly():
        first_is_out.set()
        calm = read()
        time.sleep(4 * watched_tables.LEASE_S)
        return calm

    time.sleep(2 * watched_tables.LEASE_S)
    asked = change_log.queries
    monkeypatch.setattr(change_log, "_read_newer", slowly)
    askers = [threading.Thread(target=change_log.current) for _ in range(10)]
    askers[0].start()
    assert first_is_out.wait(5)
    for asker in askers[1:]:
        asker.start()
    for asker in askers:
        asker.join()
    assert change_log.queries - asked <= 3


def test_every_commit_is_known_to_the_very_next_question_however_often_others_ask(world, change_log):
    """Without the announcement before the commit, what was told a millisecond ago would be believed after it."""
    stop = threading.Event()

    def ask_on_and_on():
        while not stop.is_set():
            change_log.current()

    asker = threading.Thread(target=ask_on_and_on)
    asker.start()
    try:
        missed = 0
        for number in range(150):
            before = change_log.current().latest
            Area.objects.filter(pk=world.east_town.pk).update(name=f"{number}")
            missed += change_log.current().latest <= before
    finally:
        stop.set()
        asker.join()
    assert missed == 0


def test_who_asks_while_a_change_is_coming_asks_again_each_time(world, change_log):
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="soon")
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit, but without its end
        change_log.current()
        asked = change_log.queries
        for _ in range(5):
            change_log.current()
        assert change_log.queries == asked + 5
    assert change_log.current().changes[TABLE]


def test_a_connection_that_was_cut_reads_everything_again(world, change_log):
    before = change_log.current().latest
    with roles.owner_rights():
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'tiles-change-log' AND datname = current_database()"
        )
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert _eventually(lambda: affects(change_log, before))


def test_what_happened_before_the_kept_changes_is_known_by_table(world, change_log):
    far = far_town()
    before = change_log.current().latest
    Area.objects.filter(pk=far.pk).update(name="更远")
    sql("DELETE FROM tiles_tablechange")
    late = ChangeLog()
    known = late.current()
    assert known.affects([TABLE], (), HERE, before), "nobody knows where it was"
    assert not known.affects([TABLE], (), HERE, known.latest)
    assert not known.affects(["projects_project"], (), HERE, before) or known.last["projects_project"] > before
    late.close()


def test_a_process_that_slept_through_more_than_is_kept_reads_all(world, change_log):
    far = far_town()
    before = change_log.current().latest
    Area.objects.filter(pk=far.pk).update(name="更远")
    sql("DELETE FROM tiles_tablechange")
    Area.objects.filter(pk=far.pk).update(name="noch weiter")
    assert affects(change_log, before, HERE), "the place of the first change is lost"


def _in_thread(work):
    failures = []

    def run():
        try:
            work()
        except psycopg2.Error as error:
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert not failures


def _eventually(check, seconds=2.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.002)
    return False
