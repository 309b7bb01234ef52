"""The constraints of chained tables, as the models say, against those that the database has."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from ledger.chain.faults import Fault

_NAMED = """
    SELECT c.relname, coalesce(o.conname, i.relname) FROM pg_class c
    LEFT JOIN pg_index x ON x.indrelid = c.oid AND x.indisvalid LEFT JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint o ON o.conindid = x.indexrelid AND o.conrelid = c.oid
    WHERE c.relname = ANY(%(tables)s) AND pg_table_is_visible(c.oid)
    UNION SELECT c.relname, o.conname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE c.relname = ANY(%(tables)s) AND pg_table_is_visible(c.oid) AND o.convalidated
"""
_KEYS = """
    SELECT c.relname, a.attname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = o.conkey[1]
    WHERE o.contype = 'f' AND o.convalidated AND c.relname = ANY(%(tables)s) AND pg_table_is_visible(c.oid)
"""
# A foreign key is kept by triggers of the database's own, which a superuser can switch off.
_OFF = """
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgisinternal AND t.tgenabled = 'D' AND c.relname = ANY(%(tables)s) AND pg_table_is_visible(c.oid)
"""


def constraint_faults(tables: Iterable[str]) -> Iterator[Fault]:
    """Constraints and foreign keys of the models that are gone, not validated or not kept."""
    names = list(tables)
    models = {model._meta.db_table: model for model in apps.get_models() if model._meta.db_table in names}
    named, keys = _pairs(_NAMED, names), _pairs(_KEYS, names)
    for table, model in models.items():
        for name in (constraint.name for constraint in model._meta.constraints):
            if (table, name) not in named:
                yield Fault("constraint-missing", table, detail=f"{name} is not there or was never validated")
        for column in _references(model):
            if (table, column) not in keys:
                yield Fault("constraint-missing", table, column=column, detail="the foreign key is not there")
    for (table,) in _pairs(_OFF, names):
        yield Fault("constraint-missing", table, detail="its foreign keys are switched off")


def _references(model: type[Model]) -> Iterator[str]:
    for field in model._meta.local_fields:
        if field.is_relation and getattr(field, "db_constraint", False):
            yield str(field.column)


def _pairs(query: str, tables: list[str]) -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"tables": tables})
        return set(cursor.fetchall())
