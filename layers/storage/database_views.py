"""Layers for other programs: a view per layer under its slug, which always shows the published version.

QGIS and the like connect as a role that may read and nothing else (`manage.py grant_reader`). A project made on
`layers."<slug>"` goes on working when the next version comes, for the view is switched with the publication.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg2 import sql

from layers.storage.columns import columns_from
from layers.storage.models import Layer, LayerVersion
from layers.storage.tables import SCHEMA as TABLES

SCHEMA = "layers"
"""Of the views; the tables of all versions are in `layer_data`."""


def published(layer: Layer, version: LayerVersion | None, **_more: Any) -> None:
    """Show `version` under the layer's slug; nothing when it is taken off the map, and for rasters."""
    view = sql.Identifier(SCHEMA, layer.slug)
    _run(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
    if version is None or not version.table_name:
        return
    columns = columns_from(version.fields)
    names = sql.SQL(", ").join(map(sql.Identifier, ["id", "geom", *(column.column for column in columns)]))
    source = sql.Identifier(TABLES, version.table_name)
    _run(sql.SQL("CREATE VIEW {} AS SELECT {} FROM {}").format(view, names, source))
    title = f"{layer.title} v{version.number}"
    _run(sql.SQL("COMMENT ON VIEW {} IS {}").format(view, sql.Literal(title)))
    for column in columns:
        place = sql.Identifier(SCHEMA, layer.slug, column.column)
        _run(sql.SQL("COMMENT ON COLUMN {} IS {}").format(place, sql.Literal(column.label)))


def grant_reading(role: str) -> None:
    """Let `role` read every layer, internal ones too, now and from now on. As the owner, whose the schemas are."""
    for schema in (SCHEMA, TABLES):
        parts = {"schema": sql.Identifier(schema), "role": sql.Identifier(role), "site": _site_role()}
        for text in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {site} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
        ):
            _run(sql.SQL(text).format(**parts))


def _site_role() -> sql.Composable:
    """The role that makes the tables of later layers."""
    return sql.Identifier(settings.APP_ROLE) if settings.OWNER_DATABASE else sql.SQL("CURRENT_ROLE")


def role_exists(role: str) -> bool:
    return bool(_run(sql.SQL("SELECT 1 FROM pg_roles WHERE rolname = {}").format(sql.Literal(role))))


def writable_for(role: str) -> Sequence[str]:
    """Tables of ours that `role` could change: a reader must have none."""
    question = """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            AND c.relname <> 'spatial_ref_sys'
            AND has_table_privilege({}, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    """
    return [row[0] for row in _run(sql.SQL(question).format(sql.Literal(role)))]


def _run(statement: sql.Composable) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(cursor.connection))
        return cursor.fetchall() if cursor.description else []
