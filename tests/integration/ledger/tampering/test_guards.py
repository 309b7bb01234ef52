"""Triggers, rules and the head of the chain bent by whoever owns the tables: each is found."""

import pytest

from tests.integration.ledger.tampering.case_file import EVENT, REPLY, SAMPLE, found, past, run

pytestmark = pytest.mark.usefixtures("as_the_owner")


def trigger_dropped(file):
    run(f"DROP TRIGGER {EVENT}_chained ON {EVENT}")
    return {("trigger-missing", EVENT, 0)}


def trigger_disabled(file):
    run(f"ALTER TABLE {SAMPLE} DISABLE TRIGGER {SAMPLE}_chained_update")
    return {("trigger-missing", SAMPLE, 0)}


def trigger_for_other_sessions_only(file):
    run(f"ALTER TABLE {SAMPLE} ENABLE REPLICA TRIGGER {SAMPLE}_chained_update")
    return {("trigger-missing", SAMPLE, 0)}


def append_only_dropped(file):
    run(f"DROP TRIGGER {EVENT}_append_only ON {EVENT}")
    return {("trigger-missing", EVENT, 0)}


def trigger_that_leaves_a_column_out(file):
    run(f"DROP TRIGGER {SAMPLE}_chained_update ON {SAMPLE}")
    run(
        f"CREATE TRIGGER {SAMPLE}_chained_update AFTER UPDATE ON {SAMPLE} REFERENCING OLD TABLE AS stale"
        " NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_note('{readings}', '{}')"
    )
    return {("trigger-missing", SAMPLE, 0)}


def triggers_switched_off_and_on(file):
    run(f"ALTER TABLE {SAMPLE} DISABLE TRIGGER USER")
    run(f"ALTER TABLE {SAMPLE} ENABLE TRIGGER USER")
    return {("trigger-missing", SAMPLE, 0)}


def function_hollowed_out(file):
    run("CREATE OR REPLACE FUNCTION ledger_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
    return {("function-changed", "", 0)}


def history_edited_with_the_chain_looking_on(file):
    run(f"ALTER TABLE {EVENT} DISABLE TRIGGER {EVENT}_append_only")
    run(f"UPDATE {EVENT} SET note = '改过' WHERE id = %s", file.steps[1].pk)
    run(f"ALTER TABLE {EVENT} ENABLE ALWAYS TRIGGER {EVENT}_append_only")
    return {("history-edited", EVENT, file.steps[1].pk)}


def rule_that_swallows_writes(file):
    run(f"CREATE RULE swallow AS ON INSERT TO {EVENT} DO INSTEAD NOTHING")
    return {("table-changed", EVENT, 0)}


def row_security_that_hides_rows(file):
    run(f"ALTER TABLE {EVENT} ENABLE ROW LEVEL SECURITY")
    return {("table-changed", EVENT, 0)}


def trigger_that_alters_what_is_written(file):
    run("CREATE FUNCTION soften() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
    run(f"CREATE TRIGGER soften BEFORE INSERT ON {SAMPLE} FOR EACH ROW EXECUTE FUNCTION soften()")
    return {("table-changed", SAMPLE, 0)}


def head_moved_back(file):
    past("ledger_head", "UPDATE ledger_head SET links = links - 1")
    return {("head-changed", "ledger_head", 1)}


def salt_removed_without_an_erasure(file):
    run("DELETE FROM ledger_salt WHERE table_name = %s", REPLY)
    return {("row-changed", REPLY, event.pk) for event in file.matter.events.all()}


WAYS = [
    trigger_dropped,
    trigger_disabled,
    trigger_for_other_sessions_only,
    append_only_dropped,
    trigger_that_leaves_a_column_out,
    triggers_switched_off_and_on,
    function_hollowed_out,
    history_edited_with_the_chain_looking_on,
    rule_that_swallows_writes,
    row_security_that_hides_rows,
    trigger_that_alters_what_is_written,
    head_moved_back,
    salt_removed_without_an_erasure,
]


@pytest.mark.parametrize("tamper", WAYS, ids=lambda way: way.__name__)
def test_it_is_found_and_nothing_else_is(file, tamper):
    expected = tamper(file)
    assert found() == expected
