"""What must stand in the database so that nothing is written past the chain: triggers, functions, plain tables.

What is expected comes from the code; the catalogue of the database is only compared with it.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from ledger.chain.constraints import constraint_faults
from ledger.chain.declared import Chained
from ledger.chain.faults import Fault
from ledger.chain.sql import BODIES, DEFINERS, FIXED_PATH, LINKS, array

_TRIGGERS = """
    SELECT c.relname, t.tgname, p.proname, t.tgenabled::text, t.tgtype, encode(t.tgargs, 'escape')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
"""
_TABLES = """
    SELECT c.relname, c.relkind::text, c.relrowsecurity,
        EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid),
        EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid)
    FROM pg_class c WHERE c.relname = ANY(%s) AND pg_table_is_visible(c.oid)
"""
_FUNCTIONS = """
    SELECT proname, prosrc, prosecdef, coalesce(proconfig, '{}') @> '{"search_path=public, pg_temp"}'
    FROM pg_proc WHERE proname = ANY(%s)
"""
INSERT, DELETE, UPDATE, ROW, BEFORE = 4, 8, 16, 1, 2
"""Bits of `pg_trigger.tgtype`."""
ALWAYS = "A"
"""How our triggers are enabled. Switched off and on again by `ENABLE TRIGGER` they would stand on `O`."""


def guard_faults(tables: dict[str, Chained]) -> Iterator[Fault]:
    """Triggers, functions, tables and constraints that are missing, off or other than the code declares."""
    found = _rows(_TRIGGERS, [])
    by_name = {(table, name): rest for table, name, *rest in found}
    wanted = {key: value for spec in tables.values() for key, value in _expected(spec).items()}
    wanted[LINKS, f"{LINKS}_append_only"] = ("ledger_guard_links", ROW | BEFORE | DELETE | UPDATE, "")
    wanted["ledger_turn", "ledger_turn_settled"] = ("ledger_settle", ROW | INSERT, "")
    for (table, name), (function, kind, args) in wanted.items():
        yield from _trigger_faults(table, name, by_name.get((table, name)), [function, kind, args])
    for table, name, function, _enabled, kind, _args in found:
        if table in tables and kind & BEFORE and (table, name) not in wanted and name not in tables[table].own_triggers:
            yield Fault("table-changed", table, detail=f"trigger {name} ({function}) alters what is written")
    for table, spec in tables.items():
        for name in spec.own_triggers:
            if by_name.get((table, name), ["", "D"])[1] == "D":
                yield Fault("trigger-missing", table, detail=f"{name} is not there or disabled")
    yield from _table_faults(tables)
    yield from _function_faults()
    yield from constraint_faults(tables)


def _expected(spec: Chained) -> dict[tuple[str, str], tuple[str, int, str]]:
    given = (spec.omitted, spec.sealed, *([spec.once_clear] if spec.once_clear else []))
    args = "".join(f"{array(names)}\\000" for names in given)
    events = {"": INSERT, "_update": UPDATE, "_delete": DELETE}
    wanted = {(spec.table, f"{spec.table}_chained{end}"): ("ledger_note", kind, args) for end, kind in events.items()}
    if spec.history:
        kind = ROW | BEFORE | DELETE | UPDATE
        wanted[spec.table, f"{spec.table}_append_only"] = ("refuse_history_edit", kind, "")
    return wanted


def _trigger_faults(table: str, name: str, there: list[Any] | None, wanted: list[Any]) -> Iterator[Fault]:
    if there is None:
        yield Fault("trigger-missing", table, detail=f"{name} is not there")
        return
    function, enabled, kind, args = there
    if enabled != ALWAYS:
        yield Fault("trigger-missing", table, detail=f"{name} is disabled, or was for a while (tgenabled {enabled})")
    elif [function, kind, args] != wanted:
        yield Fault("trigger-missing", table, detail=f"{name} does something else: {function}({args})")


def _table_faults(tables: dict[str, Chained]) -> Iterator[Fault]:
    names = [*tables, LINKS, "ledger_head", "ledger_salt", "ledger_pending", "ledger_turn"]
    there = {row[0]: row[1:] for row in _rows(_TABLES, [names])}
    for name in names:
        if name not in there:
            yield Fault("table-changed", name, detail="the table is not there")
            continue
        kind, row_security, has_rule, has_children = there[name]
        if kind != "r" or row_security or has_rule or has_children:
            yield Fault("table-changed", name, detail="a view, a rule, row security or a child stands before the table")


def _function_faults() -> Iterator[Fault]:
    found: dict[str, list[tuple[str, bool, bool]]] = {}
    for name, *rest in _rows(_FUNCTIONS, [list(BODIES)]):
        found.setdefault(name, []).append(tuple(rest))
    for name, body in BODIES.items():
        if found.get(name) != [(body, name in DEFINERS, name in FIXED_PATH)]:
            yield Fault("function-changed", detail=f"{name} is not what the code installed")


def _rows(query: str, given: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def chained_tables() -> list[str]:
    """The tables whose rows are linked, as the database says."""
    return sorted({table for table, _name, function, *_rest in _rows(_TRIGGERS, []) if function == "ledger_note"})
