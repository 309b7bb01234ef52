"""Which tables are history, by the triggers that the database really has."""

from collections.abc import Iterator
from typing import get_args, get_origin

import pytest
from django.db import connection
from django.urls import get_resolver

from ledger.chain import chained_tables
from ledger.steps.workflow import Workflow

IN_THE_CHAIN = {
    "projects_answer", "projects_ballot", "projects_feedbackevent", "projects_papercount", "projects_progressreport",
    "projects_proposalevent", "projects_recommendation", "projects_stagechange", "projects_turnout",
    "projects_votecount", "river_monitoring_escalation", "river_monitoring_evidence",
    "river_monitoring_rectificationevent", "river_monitoring_samplerevision", "river_monitoring_workevent",
    "stations_activityevent", "stations_dutyevent", "stations_receptionevent", "supervision_finding",
    "supervision_findingphoto", "supervision_patrols_patrolevent", "supervision_suggestionevent",
}  # fmt: skip
"""What happened and what proves it: never changed, and each row has a link."""
KEPT = {
    "accounts_auditentry", "accounts_chainlink", "projects_lightsetting", "stations_pointsitem", "stations_pointsrule",
}  # fmt: skip
"""Never changed either, but no evidence of what anybody did: the ledger itself, and rules by the day they hold from."""


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
def test_history_is_what_is_listed_here():
    assert set(chained_tables()) == IN_THE_CHAIN
    assert append_only_tables() == IN_THE_CHAIN | KEPT


@pytest.mark.django_db
def test_whatever_records_a_step_is_history_in_the_chain(dredging):
    assert get_resolver().url_patterns  # reads the pages, and with them every room's services
    written = {workflow.__name__: event_table(workflow) for workflow in workflows()}
    assert written["Dredging"] == "river_monitoring_rectificationevent"
    assert {name: table for name, table in written.items() if table not in IN_THE_CHAIN} == {}
