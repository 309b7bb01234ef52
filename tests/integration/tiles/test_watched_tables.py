"""Every committed change of a watched table is noted with its place, however it was made."""

import threading
import time

import psycopg2
import pytest
from django.contrib.gis.geos import Point
from django.db import connection, connections, transaction

from accounts.models import Area
from tests.conftest import box as rectangle
from tiles.cache import watched_tables
from tiles.cache.change_log import RENEWED_AFTER, Journal

TABLE = "accounts_area"
HERE = (121.29, 29.79, 121.41, 29.91)
ELSEWHERE = (10.0, 10.0, 11.0, 11.0)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def journal():
    own = Journal()
    yield own
    own.close()


def sql(text, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def touched(journal, since, box=HERE, tables=(TABLE,)):
    return journal.now().touched(tables, (), box, since)


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
        lambda area: sql("TRUNCATE accounts_area CASCADE"),
    ],
    ids=["update", "insert", "delete", "plain update", "plain delete", "place taken away", "truncate"],
)
def test_each_kind_of_change_is_noted_where_it_is(world, journal, change):
    far_town()
    before = journal.now().latest
    assert not touched(journal, before)
    change(world.east_town)
    assert touched(journal, before)


def test_a_change_elsewhere_is_not_a_change_here(world, journal):
    far = far_town()
    before = journal.now().latest
    far.name = "更远"
    far.save()
    assert not touched(journal, before, HERE)
    assert touched(journal, before, ELSEWHERE)


def test_what_moves_is_noted_where_it_was_and_where_it_is(world, journal):
    far = far_town()
    before = journal.now().latest
    Area.objects.filter(pk=far.pk).update(point=Point(121.35, 29.85, srid=4326))
    assert touched(journal, before, ELSEWHERE)
    assert touched(journal, before, HERE)
    assert not touched(journal, before, (50.0, 20.0, 51.0, 21.0))


def test_each_geometry_column_counts(world, journal):
    far = far_town()
    before = journal.now().latest
    Area.objects.filter(pk=far.pk).update(geom=rectangle(50.1, 20.1, 50.2, 20.2))
    assert touched(journal, before, (50.0, 20.0, 51.0, 21.0))


def test_truncate_counts_everywhere(world, journal):
    before = journal.now().latest
    sql("TRUNCATE accounts_area CASCADE")
    assert touched(journal, before, (50.0, 20.0, 51.0, 21.0))


def test_a_statement_that_hits_no_row_is_no_change(world, journal):
    before = journal.now().latest
    sql("UPDATE accounts_area SET name = name WHERE id = -1")
    sql("DELETE FROM accounts_area WHERE id = -1")
    assert journal.now().latest == before


def test_reading_and_rolling_back_are_no_change(world, journal):
    before = journal.now().latest
    list(Area.objects.all())
    with pytest.raises(RuntimeError), transaction.atomic():
        Area.objects.update(name="nothing")
        raise RuntimeError
    assert journal.now().latest == before


def test_many_rows_are_joined_to_a_few_boxes_that_still_cover_them(world, journal):
    before = journal.now().latest
    spots = [(60 + index % 40 * 0.5, 20 + index // 40 * 0.5) for index in range(1600)]
    Area.objects.bulk_create(
        Area(code=f"m{index}", name="m", level="village", point=Point(*spot, srid=4326))
        for index, spot in enumerate(spots)
    )
    known = journal.now()
    (change,) = [change for change in known.changes[TABLE] if change.version > before]
    assert len(change.boxes) <= 64
    assert all(change.meets((x, y, x, y)) for x, y in spots)
    assert not change.meets(HERE)


def test_many_statements_of_one_transaction_are_one_change(world, journal):
    before = journal.now().latest
    spots = [(60 + index, 20.0 + index % 7) for index in range(90)] * 3
    with transaction.atomic():
        for index, spot in enumerate(spots):
            Area.objects.create(code=f"s{index}", name="s", level="village", point=Point(*spot, srid=4326))
    (change,) = [change for change in journal.now().changes[TABLE] if change.version > before]
    assert len(change.boxes) <= 128
    assert all(change.meets((x, y, x, y)) for x, y in spots)
    assert not change.meets(HERE)


def test_a_row_without_a_place_changes_no_tile_of_its_own_but_what_depends_on_it(world, journal):
    before = journal.now().latest
    Area.objects.create(code="nowhere", name="无处", level="village")
    assert not touched(journal, before)
    assert journal.now().touched((), (TABLE,), HERE, before)


def test_numbers_become_visible_in_their_order(world, journal):
    """A slow transaction that wrote first and commits last has the higher number."""
    before = journal.now().latest
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="slow")
        _in_thread(lambda: Area.objects.filter(pk=world.west_town.pk).update(name="quick"))
        quick = journal.now().latest
        assert quick > before
    assert journal.now().latest > quick
    assert touched(journal, quick)


def test_writers_of_the_same_table_do_not_wait_for_each_other(world):
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="slow")
        _in_thread(lambda: Area.objects.filter(pk=world.west_town.pk).update(name="quick"))
    assert Area.objects.get(pk=world.west_town.pk).name == "quick"


def test_a_writer_with_another_search_path_is_noted_too(world, journal):
    before = journal.now().latest
    with transaction.atomic():
        sql("SET LOCAL search_path = ''")
        sql("UPDATE public.accounts_area SET name = 'restored' WHERE id = %s", world.east_town.pk)
    assert touched(journal, before)


def test_watching_twice_notes_once(world, journal):
    watched_tables.watch([TABLE])
    before = journal.now().latest
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert len([c for c in journal.now().changes[TABLE] if c.version > before]) == 1


def test_touching_counts_everywhere(world, journal):
    before = journal.now().latest
    watched_tables.touch(TABLE)
    assert touched(journal, before, (50.0, 20.0, 51.0, 21.0))


def test_what_was_told_is_believed_for_a_moment_only(world, journal):
    journal.now()
    asked = journal.questions
    time.sleep(2 * watched_tables.BELIEVED_S)
    journal.now()
    assert journal.questions == asked + 1


def test_a_thousand_questions_in_a_row_reach_the_database_a_few_times(world, journal):
    journal.now()
    asked, started = journal.questions, time.monotonic()
    for _ in range(1000):
        journal.now()
    assert journal.questions - asked <= (time.monotonic() - started) / (watched_tables.BELIEVED_S * RENEWED_AFTER) + 2


def test_while_one_renews_what_is_believed_the_others_do_not_wait(world, journal, monkeypatch):
    known, asks, go_on = journal.now(), threading.Event(), threading.Event()
    journal._believed_until = time.monotonic() + 60  # long enough for this test
    journal._renewed_from = 0.0
    read = journal._read_newer

    def slowly():
        asks.set()
        assert go_on.wait(5)
        return read()

    monkeypatch.setattr(journal, "_read_newer", slowly)
    renewing = threading.Thread(target=journal.now)
    renewing.start()
    assert asks.wait(5)
    asked = journal.questions
    assert [journal.now() for _ in range(3)] == [known] * 3
    assert journal.questions == asked
    journal._believed_until = 0.0
    waiting = threading.Thread(target=journal.now)
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive(), "what is believed no longer may not be told"
    go_on.set()
    for thread in (renewing, waiting):
        thread.join(5)
    assert journal.questions == asked + 2, "the second asked after it came, for the first question had begun before"


def test_those_who_came_while_another_asked_share_the_next_answer(world, journal, monkeypatch):
    """When the database is slow, an answer may be too old for belief when it comes; a queue must not ask one by one."""
    journal.now()
    read, first_is_out = journal._read_newer, threading.Event()

    def slowly():
        first_is_out.set()
        calm = read()
        time.sleep(4 * watched_tables.BELIEVED_S)
        return calm

    time.sleep(2 * watched_tables.BELIEVED_S)
    asked = journal.questions
    monkeypatch.setattr(journal, "_read_newer", slowly)
    askers = [threading.Thread(target=journal.now) for _ in range(10)]
    askers[0].start()
    assert first_is_out.wait(5)
    for asker in askers[1:]:
        asker.start()
    for asker in askers:
        asker.join()
    assert journal.questions - asked <= 3


def test_every_commit_is_known_to_the_very_next_question_however_often_others_ask(world, journal):
    """Without the announcement before the commit, what was told a millisecond ago would be believed after it."""
    stop = threading.Event()

    def ask_on_and_on():
        while not stop.is_set():
            journal.now()

    asker = threading.Thread(target=ask_on_and_on)
    asker.start()
    try:
        missed = 0
        for number in range(150):
            before = journal.now().latest
            Area.objects.filter(pk=world.east_town.pk).update(name=f"{number}")
            missed += journal.now().latest <= before
    finally:
        stop.set()
        asker.join()
    assert missed == 0


def test_who_asks_while_a_change_is_coming_asks_again_each_time(world, journal):
    with transaction.atomic():
        Area.objects.filter(pk=world.east_town.pk).update(name="soon")
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit, but without its end
        journal.now()
        asked = journal.questions
        for _ in range(5):
            journal.now()
        assert journal.questions == asked + 5
    assert journal.now().changes[TABLE]


def test_a_connection_that_was_cut_reads_everything_again(world, journal):
    before = journal.now().latest
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'tiles-journal' AND datname = current_database()"
    )
    Area.objects.filter(pk=world.east_town.pk).update(name="新名")
    assert _eventually(lambda: touched(journal, before))


def test_what_happened_before_the_kept_changes_is_known_by_table(world, journal):
    far = far_town()
    before = journal.now().latest
    Area.objects.filter(pk=far.pk).update(name="更远")
    sql("DELETE FROM tiles_tablechange")
    late = Journal()
    known = late.now()
    assert known.touched([TABLE], (), HERE, before), "nobody knows where it was"
    assert not known.touched([TABLE], (), HERE, known.latest)
    assert not known.touched(["projects_project"], (), HERE, before) or known.last["projects_project"] > before
    late.close()


def test_a_process_that_slept_through_more_than_is_kept_reads_all(world, journal):
    far = far_town()
    before = journal.now().latest
    Area.objects.filter(pk=far.pk).update(name="更远")
    sql("DELETE FROM tiles_tablechange")
    Area.objects.filter(pk=far.pk).update(name="noch weiter")
    assert touched(journal, before, HERE), "the place of the first change is lost"


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
