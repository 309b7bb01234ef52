"""The time of a request: its code asks, its statements are asked, and a server that does not answer is let go."""

import psycopg2
import pytest
from django.db import OperationalError, connection, connections, transaction

from accounts.models import Area
from geokit.refusal import Unavailable
from ui import deadlines, downloads
from ui.deadlines import Deadline
from ui.unavailable import unavailable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def over():
    """A request whose time is up."""
    deadline = Deadline(-1)
    yield deadline
    deadline.end()


def test_without_a_request_nothing_has_a_deadline():
    deadlines.check()
    assert Area.objects.count() == 0


def test_no_statement_begins_after_the_time_is_up(over):
    with pytest.raises(Unavailable) as refused:
        Area.objects.count()
    assert refused.value.code == "too-slow"


def test_a_transaction_can_end_after_the_time_is_up():
    with pytest.raises(Unavailable), transaction.atomic(), transaction.atomic():
        Area.objects.create(code="330299", name="没有写成", level="district")
        deadline = Deadline(-1)
        try:
            Area.objects.count()
        finally:
            deadline.end()
    assert not Area.objects.filter(code="330299").exists()


def test_a_long_table_stops_when_the_time_is_up(over):
    lines = downloads.csv_lines([["a"], ["b"]])
    with pytest.raises(Unavailable):
        next(lines)


def test_an_ended_request_leaves_nothing_behind(over):
    over.end()
    assert Area.objects.count() == 0


def fall_asleep(cursor):
    """A statement that ends only when the server notices that nobody listens any more."""
    cursor.execute("SET client_connection_check_interval = '100ms'")
    cursor.execute("SELECT pg_sleep(300)")


def nobody_sleeps():
    """True once the server has noticed; before, a database of a test could not be dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")
        return cursor.fetchone()[0] == 0


def test_a_statement_that_gets_no_answer_is_let_go(monkeypatch):
    monkeypatch.setattr(deadlines, "GRACE_SECONDS", 0)
    connection.ensure_connection()
    deadline = Deadline(0.5)
    with pytest.raises(OperationalError) as lost, connection.cursor() as cursor:
        fall_asleep(cursor)
    deadline.end()
    assert unavailable(lost.value).code == "database-away"
    connections.close_all()
    while not nobody_sleeps():  # on a new connection, as the next request has
        pass


def test_a_connection_of_the_engines_own_is_let_go_too(monkeypatch):
    monkeypatch.setattr(deadlines, "GRACE_SECONDS", 0)
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    line = psycopg2.connect(**parameters)
    with pytest.raises(psycopg2.OperationalError), deadlines.watching(line, 0.1), line.cursor() as cursor:
        fall_asleep(cursor)
    line.close()
    while not nobody_sleeps():
        pass


def test_what_ends_in_time_is_left_alone(monkeypatch):
    monkeypatch.setattr(deadlines, "GRACE_SECONDS", 0)
    connection.ensure_connection()
    with deadlines.watching(connection.connection, 0):
        pass
    deadlines.WATCH._look()
    assert Area.objects.count() == 0


def test_a_request_whose_answer_is_still_on_its_way_breaks_no_connection_of_the_next_one(monkeypatch):
    monkeypatch.setattr(deadlines, "GRACE_SECONDS", 0)
    connection.ensure_connection()
    sent_by_another_thread = Deadline(0)
    following = Deadline(60)
    deadlines.WATCH._look()
    assert Area.objects.count() == 0
    following.end()
    sent_by_another_thread.end()
