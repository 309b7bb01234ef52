"""The chain of evidence: an event that was changed, removed or slipped in afterwards is found."""

import json

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from ledger import chain
from ledger.models import ChainLink
from river_monitoring.models import MonitoringPoint, RectificationEvent

EVENTS = "river_monitoring_rectificationevent"


@pytest.fixture
def events(world):
    point = MonitoringPoint.objects.create(
        code="C-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    return [
        RectificationEvent.objects.create(
            point=point, at=timezone.now(), from_status=before, to_status=after, department=world.water, note="说明"
        )
        for before, after in (("none", "listed"), ("listed", "planned"), ("planned", "under_way"))
    ]


def tamper(statement: str, *params: object) -> None:
    """What the owner of the tables can do: switch our triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in (EVENTS, "accounts_chainlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, params)
        for table in (EVENTS, "accounts_chainlink"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def kinds() -> set[str]:
    return {fault.kind for fault in chain.verify().faults}


def test_every_event_has_its_link_and_the_chain_is_sound(events):
    verdict = chain.verify()
    assert verdict.is_sound
    assert verdict.links == len(events)
    assert len(verdict.head) == 64


def test_events_of_one_statement_are_linked_one_by_one(events):
    steps = (("under_way", "suspended"), ("suspended", "under_way"))
    RectificationEvent.objects.bulk_create(
        RectificationEvent(point=events[0].point, at=timezone.now(), from_status=before, to_status=after)
        for before, after in steps
    )
    assert ChainLink.objects.filter(table_name=EVENTS).count() == len(events) + len(steps)
    assert chain.verify().is_sound


def test_an_event_that_was_changed_is_found(events):
    tamper(f"UPDATE {EVENTS} SET note = '改过' WHERE id = %s", events[1].pk)
    [fault] = chain.verify().faults
    assert (fault.kind, fault.table, fault.row) == ("row-changed", EVENTS, events[1].pk)


def test_an_event_that_was_removed_is_found(events):
    tamper(f"DELETE FROM {EVENTS} WHERE id = %s", events[1].pk)
    assert kinds() == {"row-missing"}


def test_an_event_that_was_slipped_in_is_found(events):
    tamper(
        f"INSERT INTO {EVENTS} (point_id, at, from_status, to_status, note)"
        " VALUES (%s, now(), 'listed', 'delisted', '')",
        events[0].point_id,
    )
    assert kinds() == {"row-unlinked"}


def test_a_link_that_was_changed_with_its_event_breaks_the_chain(events):
    tamper(f"UPDATE {EVENTS} SET note = '改过' WHERE id = %s", events[1].pk)
    tamper(
        f"UPDATE accounts_chainlink SET content = (SELECT to_jsonb(e)::text FROM {EVENTS} e WHERE e.id = row_id)"
        " WHERE row_id = %s",
        events[1].pk,
    )
    assert "link-broken" in kinds()


def test_a_chain_rewritten_from_end_to_end_no_longer_knows_its_published_head(events, capsys):
    head = chain.verify().head
    tamper(f"UPDATE {EVENTS} SET note = '改过' WHERE id = %s", events[2].pk)
    tamper("DELETE FROM accounts_chainlink")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT accounts_chain_link('{EVENTS}', id, content) FROM"
            f" (SELECT id, to_jsonb(e)::text AS content FROM {EVENTS} e ORDER BY id) AS rows"
        )
    assert chain.verify().is_sound
    with pytest.raises(SystemExit) as ended:
        call_command("verify_chain", "--expect", head, "--json")
    assert ended.value.code == 2
    assert json.loads(capsys.readouterr().out)["expected_found"] is False


def test_the_head_of_yesterday_is_still_known_today(events, capsys):
    head = chain.verify().head
    RectificationEvent.objects.create(
        point=events[0].point, at=timezone.now(), from_status="under_way", to_status="suspended"
    )
    call_command("verify_chain", "--expect", head, "--json")
    assert json.loads(capsys.readouterr().out)["sound"] is True


def test_links_themselves_cannot_be_edited(events):
    with pytest.raises(Exception, match="history"):
        ChainLink.objects.update(content="{}")


def test_the_tables_of_events_are_the_chained_ones(db):
    assert {EVENTS, "river_monitoring_evidence", "supervision_suggestionevent"} <= set(chain.chained_tables())


def test_an_empty_chain_is_sound(db):
    assert chain.verify() == chain.Verdict(0, "", ())
