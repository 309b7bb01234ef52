"""Which tables are history, by the triggers that the database really has."""

from collections.abc import Iterator
from typing import get_args, get_origin

import pytest
from django.db import connection
from django.urls import get_resolver

from ledger.chain import chained_tables
from ledger.chain.declared import declared
from ledger.chain.guards import guard_faults
from ledger.steps.workflow import Workflow


def append_only_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE p.proname = 'refuse_history_edit' AND NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
        return {row[0] for row in cursor.fetchall()}


def workflows(base: type = Workflow) -> Iterator[type]:
    for found in base.__subclasses__():
        yield found
        yield from workflows(found)


def event_table(workflow: type) -> str:
    """The table of the events that a workflow writes: the second type that it names."""
    for kind in workflow.__mro__:
        for base in getattr(kind, "__orig_bases__", ()):
            if get_origin(base) is Workflow and len(get_args(base)) == 3:
                return str(get_args(base)[1]._meta.db_table)
    raise AssertionError(f"{workflow.__name__} does not say which events it writes")


@pytest.mark.django_db
def test_what_the_rooms_declare_is_what_the_migrations_made():
    assert set(chained_tables()) == set(declared())
    history = {name for name, spec in declared().items() if spec.history}
    assert append_only_tables() == history
    assert [str(fault) for fault in guard_faults(declared())] == []


@pytest.mark.django_db
def test_whatever_records_a_step_is_history_in_the_chain(dredging):
    assert get_resolver().url_patterns  # reads the pages, and with them every room's services
    written = {workflow.__name__: event_table(workflow) for workflow in workflows()}
    assert written["Dredging"] == "river_monitoring_rectificationevent"
    history = {name for name, spec in declared().items() if spec.history}
    assert {name: table for name, table in written.items() if table not in history} == {}
