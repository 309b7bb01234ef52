"""Databases of the benchmarks: the demo's, and larger ones made from it. Each is made once, then brought up to date."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import psycopg2
from psycopg2 import sql

from tests.benchmark.harness import in_child, say

DEMO = "geo_portal_bench_demo"
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


def demo() -> str:
    """The name of the database that holds the demo."""
    with _line() as line:
        if _is_there(line, DEMO):
            in_database(DEMO, _BRING_UP)
        else:
            _make(line, DEMO, template="template1")
            in_database(DEMO, _LOAD)
    return DEMO


def grown(name: str, code: str, *arguments: str) -> str:
    """The same of a copy of the demo that `code` has grown; it prints on its last line how many rows there are."""
    with _line() as line:
        if _is_there(line, name):
            in_database(name, _BRING_UP)
        else:
            _make(line, name, template=demo())
            say(f"   {name}: {last_line(in_database(name, code, *arguments))}")
    return name


def in_database(name: str, code: str, *arguments: str) -> str:
    """What the code printed, run in a process of its own on that database, which is a demonstration."""
    before = {variable: os.environ[variable] for variable in ADDRESSES if variable in os.environ}
    changed = {variable: address.replace("/geo_portal_bench?", f"/{name}?") for variable, address in before.items()}
    os.environ.update(changed, DEMO="1")
    try:
        return in_child(*arguments, code=code)[0]
    finally:
        os.environ.update(before)


def last_line(output: str) -> str:
    return output.strip().splitlines()[-1]


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
