"""Every page of the desk and of the public: processor time at the server and queries, small and large district.

What counts is the growth: how many times longer a page takes, and how many queries more, with five hundred times the
matters. The time is that of the process and of its session together, so others on the machine are no part of it.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

from tests.benchmark.harness import Context, Row, benchmark, in_child, say

SMALL, LARGE = "geo_portal_bench_demo", "geo_portal_bench_large"
GOAL_MS, GOAL_QUERIES = 300, 40
ADDRESSES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "READER_DATABASE_URL")

_LOAD = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_demo", "--if-empty", "--json")
"""
_BRING_UP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("assess_months", "--missing")
"""
"""What an upgrade does to a database that an earlier run made with an earlier release."""
_GROW = """
import json, sys
from tests.benchmark.big_district import grow
print()
print(json.dumps(grow(float(sys.argv[1]))))
"""
_ASK = """
import json
from tests.benchmark.page_times import other_times, prepare, times
prepare()
print(json.dumps([dict(times()), dict(other_times())]))
"""


@benchmark("pages")
def measure(context: Context) -> list[Row]:
    """Milliseconds of each page in the large district against the demo."""
    small, large = SMALL, f"{LARGE}_quick" if context.quick else LARGE
    with _line() as line:
        if not _is_there(line, small):
            _make(line, small, template="template1")
            _in(small, _LOAD)
        else:
            _in(small, _BRING_UP)
        if not _is_there(line, large):
            _make(line, large, template=small)
            say(f"   rows: {_last(_in(large, _GROW, '0.05' if context.quick else '1'))}")
        else:
            _in(large, _BRING_UP)
    (before, others_before), (after, others) = (json.loads(_last(_in(name, _ASK))) for name in (small, large))
    rows = [_row(name, after[name], before[name]) for name in after if name in before]
    above = [name for name, found in others.items() if _is_above(found)]
    say(f"   {len(others)} other addresses without arguments answer; listed are the {len(above)} above the goal")
    return rows + [_row(name, others[name], others_before.get(name, others[name])) for name in above]


def _is_above(found: dict[str, Any]) -> bool:
    return found["ms"] > GOAL_MS or found["queries"] > GOAL_QUERIES


def _row(name: str, large: dict[str, Any], small: dict[str, Any]) -> Row:
    over = ", above the goal" * _is_above(large)
    note = f"queries {small['queries']} -> {large['queries']}, {large['status']}{over}"
    return Row(name, large["ms"], "ms", small["ms"], "in the demo", note)


@contextlib.contextmanager
def _line() -> Iterator[Any]:
    """A session of the owner, for making databases."""
    line = psycopg2.connect(os.environ.get("MIGRATION_DATABASE_URL") or os.environ["DATABASE_URL"])
    line.autocommit = True
    try:
        yield line.cursor()
    finally:
        line.close()


def _is_there(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _make(cursor: Any, name: str, *, template: str) -> None:
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    cursor.execute(command.format(sql.Identifier(name), sql.Identifier(template)))


def _in(name: str, code: str, *arguments: str) -> str:
    """What the code printed, run in a process of its own on that database, which is a demonstration."""
    before = {variable: os.environ[variable] for variable in ADDRESSES if variable in os.environ}
    changed = {variable: address.replace("/geo_portal_bench?", f"/{name}?") for variable, address in before.items()}
    os.environ.update(changed, DEMO="1")
    try:
        return in_child(*arguments, code=code)[0]
    finally:
        os.environ.update(before)


def _last(output: str) -> str:
    return output.strip().splitlines()[-1]
