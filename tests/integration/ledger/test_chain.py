"""The chain of evidence: an event that was changed, removed or slipped in afterwards is found."""

import json

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ledger import audit
from ledger.chain import settle, verify
from ledger.chain.faults import Fault
from ledger.models import ChainLink
from river_monitoring.models import MonitoringPoint, RectificationEvent
from tests import roles

EVENTS = "river_monitoring_rectificationevent"


@pytest.fixture
def events(world):
    point = MonitoringPoint.objects.create(
        code="C-1", name="水塘", kind="small", area=world.west_town, department=world.water,
        geom=Point(121.32, 29.85, srid=4326), status="under_way",
    )  # fmt: skip
    made = [
        RectificationEvent.objects.create(
            point=point, at=timezone.now(), from_status=before, to_status=after, department=world.water, note="说明"
        )
        for before, after in (("none", "listed"), ("listed", "planned"), ("planned", "under_way"))
    ]
    settle()
    return made


def test_every_version_has_its_link_and_the_chain_is_sound(events):
    verdict = verify()
    assert verdict.faults == ()
    assert verdict.links == verdict.checked == len(events) + 1
    assert len(verdict.head) == 64


def test_events_of_one_statement_are_linked_one_by_one(events):
    steps = (("under_way", "suspended"), ("suspended", "under_way"))
    RectificationEvent.objects.bulk_create(
        RectificationEvent(point=events[0].point, at=timezone.now(), from_status=before, to_status=after)
        for before, after in steps
    )
    assert verify().faults == ()
    assert ChainLink.objects.filter(table_name=EVENTS).count() == len(events) + len(steps)


def test_what_is_computed_makes_no_link(events):
    before = verify().links
    MonitoringPoint.objects.update(current_class=3)
    assert verify().links == before


def test_each_version_of_a_row_has_a_link_and_the_newest_counts(events):
    before = verify().links
    audit.record(None, "rename", events[0].point)
    MonitoringPoint.objects.update(name="新名")
    MonitoringPoint.objects.update(name="又一名")
    assert (verify().links, verify().faults) == (before + 3, ())


def test_a_transaction_that_is_rolled_back_leaves_no_link(events):
    before = verify().links
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        MonitoringPoint.objects.update(name="新名")
        raise ZeroDivisionError
    assert (verify().links, verify().faults) == (before, ())


def test_links_themselves_cannot_be_edited(events):
    with roles.owner_rights(), pytest.raises(IntegrityError, match="history"), transaction.atomic():
        ChainLink.objects.update(content="{}")


def test_an_empty_chain_is_sound(db):
    verdict = verify()
    assert (verdict.links, verdict.head, verdict.faults) == (0, "", ())


def test_the_command_names_object_and_value_and_ends_with_two(events, capsys):
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {EVENTS} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {EVENTS} SET note = '改过' WHERE id = %s", [events[1].pk])
    with pytest.raises(SystemExit) as ended:
        call_command("verify_chain", "--json")
    assert ended.value.code == 2
    said = json.loads(capsys.readouterr().out)
    fault = {key: said["faults"][-1][key] for key in ("kind", "object", "table", "row", "column", "was", "is_now")}
    assert fault == {
        "kind": "row-changed", "object": "治理事件", "table": EVENTS, "row": events[1].pk, "column": "note",
        "was": "说明", "is_now": "改过",
    }  # fmt: skip
    assert said["sound"] is False
    assert {fault["kind"] for fault in said["faults"]} == {"row-changed", "trigger-missing"}


def test_a_fault_is_a_sentence_with_object_column_and_both_values(events):
    fault = Fault("row-changed", EVENTS, 7, 9, "note", "说明", "改过")
    assert str(fault) == f"row-changed: 治理事件 7（{EVENTS}） note: '说明' -> '改过' [link 9]"
