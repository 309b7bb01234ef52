"""What somebody with the login of the site's role can do to evidence: each row changed by SQL alone is found.

The scene has a row of nearly every table. It is changed as that role may change it, with no event and no entry of the
audit trail beside it, and the check of the chain must name table and row.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.chain import settle
from ledger.chain.declared import Chained, declared
from ledger.chain.links import Start, link_faults
from ledger.models import ChainLink

pytestmark = pytest.mark.slow

EXPLAINED = {name: spec for name, spec in declared().items() if spec.must_be_explained}
REFUSED = {"papers_signatory", "supervision_report_reporttext"}
"""Tables of which the database itself takes no other value of this row."""
NOT_IN_THE_SCENE = {
    "accounts_calendarday", "ledger_peer", "projects_coveredphoto", "projects_goal", "projects_rating",
    "questions_publishedanswer", "stations_signup", "supervision_cohandling", "supervision_patrols_patrolphoto",
    "supervision_publishedphoto",
}  # fmt: skip
"""Tables without a row there."""
OTHERWISE = {
    "bool": "NOT {0}",
    "int2": "{0} + 1",
    "int4": "{0} + 1",
    "int8": "{0} + 1",
    "numeric": "{0} + 1",
    "float8": "{0} + 1",
    "date": "{0} + 1",
    "timestamptz": "{0} + interval '1 minute'",
    "jsonb": "'[1]'",
    "varchar": "'x' || substr({0}, 2)",
    "text": "'x' || {0}",
}
"""Another value of a column, by its type."""
_COLUMNS = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id' ORDER BY ordinal_position
"""


@pytest.fixture
def begin(foreign_scene: Any) -> Start:
    """The end of the chain when the scene was made: what is checked is what comes after."""
    settle()
    last = ChainLink.objects.latest("pk")
    return Start(last.pk, bytes(last.digest), ChainLink.objects.count())


def test_what_is_changed_by_sql_alone_is_found(begin: Start) -> None:
    seen, unseen, fixed, empty = set(), set(), set(), set()
    for table, spec in EXPLAINED.items():
        if (row := _newest(table)) is None:
            empty.add(table)
            continue
        found = next((found for change in _changes(spec) if (found := _found(begin, change, row)) is not None), None)
        (fixed if found is None else seen if (table, row) in found else unseen).add(table)
    assert unseen == set()
    assert fixed <= REFUSED and empty <= NOT_IN_THE_SCENE, (fixed - REFUSED, empty - NOT_IN_THE_SCENE)
    assert len(seen) > 30


def test_what_is_deleted_by_sql_alone_is_found(begin: Start) -> None:
    seen, unseen = set(), set()
    for table in (name for name, spec in EXPLAINED.items() if spec.deletable):
        row = _newest(table)
        found = None if row is None else _found(begin, f"DELETE FROM {table} WHERE id = %s", row)
        if found is not None:
            (seen if (table, row) in found else unseen).add(table)
    assert unseen == set()
    assert len(seen) > 5


def _newest(table: str) -> int | None:
    found = _rows(f"SELECT max(id) FROM {table}")
    return found[0][0]


def _changes(spec: Chained) -> Iterator[str]:
    """A statement for each column whose value can be another one."""
    for column, kind in _rows(_COLUMNS, spec.table):
        if column not in spec.omitted and kind in OTHERWISE:
            value = OTHERWISE[kind].format(column)
            yield f"UPDATE {spec.table} SET {column} = {value} WHERE id = %s"


def _found(begin: Start, statement: str, row: int) -> set[tuple[str, int]] | None:
    """The rows whose change nothing explains after a statement, which is undone; None where it was refused or idle."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, [row])
            connection.check_constraints()
            settle()
            is_idle = ChainLink.objects.latest("pk").pk == begin.link
            faults = list(link_faults(begin, declared()))
            transaction.set_rollback(True)
    except DatabaseError:
        return None
    assert is_idle or {fault.kind for fault in faults} <= {"unexplained-change"}
    return None if is_idle else {(fault.table, fault.row) for fault in faults}


def _rows(query: str, *values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())
