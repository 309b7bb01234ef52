"""However a table is edited, its ladder is what a fresh build would make, at every commit."""

import threading

import psycopg2
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.tiles.ladders import build, contents, low_thresholds, made_anew, make_table
from tiles.ladder import build as building
from tiles.ladder.models import Ladder

LONGITUDES = (-180.0, -179.999, 0.0, 11.25, 11.2501, 121.35, 121.3501, 180.0)
LATITUDES = (-90.0, -84.0, 0.0, 29.85, 29.8501, 89.0)
START = 30

places = st.tuples(st.sampled_from(LONGITUDES), st.sampled_from(LATITUDES))
numbers = st.integers(1, START + 6)
sizes = st.sampled_from((0.0001, 0.5, 40.0))
kinds = st.sampled_from(
    (
        "insert",
        "move",
        "rename",
        "renumber",
        "delete",
        "delete many",
        "lose place",
        "empty",
        "bulk",
        "roll back",
        "truncate",
    )
)
edits = st.lists(st.tuples(kinds, numbers, places, sizes), min_size=1, max_size=5)


def point(place, size):
    return f"POINT({place[0]} {place[1]})"


def line(place, size):
    x, y = place
    return f"LINESTRING({x} {y}, {x + size} {y + size / 3}, {x + 1.5 * size} {y})"


def area(place, size):
    x, y = place[0], max(min(place[1], 80.0), -80.0)
    return f"POLYGON(({x} {y}, {x + size} {y}, {x + size} {y + size / 5}, {x} {y}))"


SHAPES = {"Point": point, "LineString": line, "Polygon": area}


def edit(source, draw, kind, number, place, size):
    geometry = f"ST_GeomFromText('{draw(place, size)}', 4326)"
    statements = {
        "insert": f"INSERT INTO {source} SELECT coalesce(max(id), 0) + 1, 'new', {geometry} FROM {source}",
        "move": f"UPDATE {source} SET geom = {geometry} WHERE id = {number}",
        "rename": f"UPDATE {source} SET name = 'other' WHERE id <= {number}",
        "renumber": f"UPDATE {source} SET id = id + 1000 WHERE id = {number}",
        "delete": f"DELETE FROM {source} WHERE id = {number}",
        "delete many": f"DELETE FROM {source} WHERE id % 3 = {number % 3}",
        "lose place": f"UPDATE {source} SET geom = NULL WHERE id = {number}",
        "empty": f"UPDATE {source} SET geom = ST_GeomFromText('{draw(place, size).split('(')[0]} EMPTY', 4326)"
        f" WHERE id = {number}",
        "bulk": f"UPDATE {source} SET geom = ST_Translate(geom, 0.3, 0.1) WHERE id % 2 = {number % 2}",
        "truncate": f"TRUNCATE {source}",
    }
    with connection.cursor() as cursor:
        if kind != "roll back":
            cursor.execute(statements[kind])
            return
        with transaction.atomic():
            cursor.execute(statements["bulk"])
            cursor.execute(statements["insert"])
            transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("geometry_type", SHAPES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=edits)
def test_edited_at_random_a_ladder_is_what_a_fresh_build_makes(geometry_type, edits):
    draw = SHAPES[geometry_type]
    start = [
        draw((LONGITUDES[i % 8] / 1.001 + i / 7, LATITUDES[i % 6] / 1.1 + i / 9), (0.0001, 0.5, 40.0)[i % 3])
        for i in range(START)
    ]
    with transaction.atomic():
        source = make_table("edited", geometry_type, start)
        ladder = build(source)
        assert ladder.state == Ladder.State.READY
        for one in edits:
            edit(source, draw, *one)
        kept = contents(ladder)
        assert kept == made_anew(source)
        transaction.set_rollback(True)


def spread(count, draw=point):
    """Points or shapes in a crowd and around the world, on its edges, and beyond them by one round and by two."""
    crowd = [(121 + i % 7 / 1000, 29 + i % 11 / 1000) for i in range(count // 2)]
    wide = [(LONGITUDES[i % 8] / (1 + i % 3), LATITUDES[i % 6] / (1 + i % 2)) for i in range(count - count // 2)]
    beyond = [(190.0, 10.0), (-190.0, -10.0), (600.0, 20.0)]
    return [draw(place, (0.0001, 0.5, 40.0)[i % 3]) for i, place in enumerate(crowd + wide + beyond)]


@pytest.mark.django_db
@pytest.mark.parametrize("geometry_type", SHAPES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 5), kinds, numbers, places, sizes), min_size=1, max_size=8))
def test_edited_between_its_parts_a_ladder_is_what_a_fresh_build_makes(geometry_type, edits):
    draw = SHAPES[geometry_type]
    with transaction.atomic():
        source = make_table("edited", geometry_type, spread(30, draw))
        steps = iter(range(10_000))

        def edit_now(_ladder):
            step = next(steps)
            for when, kind, number, place, size in edits:
                if when == step:
                    edit(source, draw, kind, number, place, size)

        ladder = build(source, progress=edit_now)
        assert (ladder.state, ladder.parts > 2) == (Ladder.State.READY, True)
        assert contents(ladder) == made_anew(source)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("geometry_type", SHAPES)
def test_many_parts_are_what_one_part_is(geometry_type):
    source = make_table("edited", geometry_type, spread(90, SHAPES[geometry_type]))
    ladder = build(source)
    assert ladder.parts > 5
    in_parts = contents(ladder)
    building.drop(source)
    with low_thresholds(part_rows=1_000):
        whole = building.build(source)
    assert whole.parts == 1
    assert contents(whole) == in_parts
    shown = {row[3] for row in in_parts.get("shapes", ()) if row[0] == 0}
    counted = sum(row[4] for row in in_parts["cells"] if row[0] == 0)
    assert len(shown) + counted == 93, "nothing is between the parts, nor in two of them"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("geometry_type", ["Point", "LineString"])
def test_a_build_that_is_killed_goes_on_with_the_next_part_and_drops_all_it_made(geometry_type):
    draw = SHAPES[geometry_type]
    source = make_table("edited", geometry_type, spread(30, draw))

    def stop_after_two(ladder):
        if ladder.stage == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(source, progress=stop_after_two)
    assert Ladder.objects.get().stage == 2
    edit(source, draw, "bulk", 1, (0, 0), 0)
    seen = []
    build(source, progress=lambda ladder: seen.append(ladder.stage))
    assert seen[0] == 3
    assert contents(Ladder.objects.get()) == made_anew(source)
    building.drop(source)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {source}")
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'tile_ladder'::regnamespace")
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.parametrize("geometry_type", ["Point", "LineString"])
def test_a_worker_that_comes_too_late_for_the_last_part_makes_no_part_beyond_it(geometry_type):
    source = make_table("edited", geometry_type, spread(30, SHAPES[geometry_type]))
    late = []

    def come_late(ladder):
        if ladder.state == Ladder.State.BUILDING and ladder.stage == ladder.parts:
            late.append(building._advanced(ladder).stage)

    ladder = build(source, progress=come_late)
    assert late == [ladder.parts]
    assert (ladder.state, ladder.stage) == (Ladder.State.READY, ladder.parts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("geometry_type", ["Point", "LineString"])
def test_while_all_rows_are_looked_at_a_writer_does_not_wait(monkeypatch, geometry_type):
    draw = SHAPES[geometry_type]
    source = make_table("edited", geometry_type, spread(30, draw))
    edited = []

    def looking(function):
        def looks(*given):
            edited.append(function.__name__)
            insert_and_close(source, 1_000 + len(edited), "5s", draw((121.35, 29.85), 0.5))
            return function(*given)

        monkeypatch.setattr(building, function.__name__, looks)

    for function in (building._is_worth_it, building._find_top, building._levels):
        looking(function)
    build(source)
    assert edited == ["_is_worth_it", "_find_top", "_levels"]
    monkeypatch.undo()
    assert contents(Ladder.objects.get()) == made_anew(source)
    building.drop(source)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {source}")


@pytest.fixture
def committed():
    """A table that other sessions see, cleared away afterwards."""
    source = make_table("edited", "Point", [point((121.35, 29.85), 0)] * 30)
    build(source)
    yield source
    building.drop(source)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {source}")


def other_session():
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    session = psycopg2.connect(**parameters)
    session.set_session(autocommit=False)
    return session


@pytest.mark.django_db(transaction=True)
def test_two_sessions_that_change_one_cell_both_count(committed):
    other = other_session()
    try:
        with other.cursor() as cursor:
            cursor.execute(f"INSERT INTO {committed} VALUES (101, 'a', ST_GeomFromText('POINT(121.35 29.85)', 4326))")
        waiting = threading.Thread(target=insert_and_close, args=(committed, 102))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()  # it waits for the first one's commit
        other.commit()
        waiting.join(10)
        assert not waiting.is_alive()
    finally:
        other.close()
    assert contents(Ladder.objects.get())["cells"][0][4] == 32
    assert contents(Ladder.objects.get()) == made_anew(committed)


def insert_and_close(source, number, patience="0", wkt="POINT(121.35 29.85)"):
    """Raises psycopg2.errors.LockNotAvailable when it had to wait for longer than `patience`."""
    session = other_session()
    with session.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{patience}'")
        cursor.execute(f"INSERT INTO {source} VALUES ({number}, 'b', ST_GeomFromText('{wkt}', 4326))")
    session.commit()
    session.close()


@pytest.mark.django_db(transaction=True)
def test_what_another_session_rolls_back_does_not_count(committed):
    before = contents(Ladder.objects.get())
    other = other_session()
    with other.cursor() as cursor:
        cursor.execute(f"DELETE FROM {committed} WHERE id < 20")
    other.rollback()
    other.close()
    assert contents(Ladder.objects.get()) == before


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_rows_and_cells_change_together(committed):
    other = other_session()
    with other.cursor() as cursor:
        cursor.execute(f"DELETE FROM {committed} WHERE id < 20")
    assert contents(Ladder.objects.get())["cells"][0][4] == 30
    other.commit()
    other.close()
    assert contents(Ladder.objects.get())["cells"][0][4] == 11
