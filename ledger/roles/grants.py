"""What each role may do, put in place after every migration; safe to repeat.

The site's role gets SELECT, INSERT, UPDATE and DELETE on ordinary tables. Append-only tables it may only add to, those
of the chain itself it may only read, and rows of other chained tables it may delete only where the room says so.
Nothing may be truncated, altered or given a trigger. In the schemas of loaded layers it makes tables of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from ledger.chain.declared import declared
from ledger.chain.sql import LINKS
from ledger.roles.connections import as_owner

OURS = "public"
KEPT_BY_TRIGGERS = (LINKS, "ledger_head", "ledger_salt", "ledger_pending", "ledger_turn")
"""Tables that functions of the owner write and nobody else."""
READ_ONLY = (*KEPT_BY_TRIGGERS, "django_migrations")
READ = frozenset({"SELECT"})
ADD = READ | {"INSERT"}
CHANGE = ADD | {"UPDATE"}
ALL = CHANGE | {"DELETE"}
EVERY = ALL | {"TRUNCATE", "REFERENCES", "TRIGGER"}
SECRETS = ("password", "token", "token_digest", "secret", "email", "phone", "contact")
"""Columns that no tile shows: whoever reads tiles sees them in no table."""
NEVER_DRAWN = (*KEPT_BY_TRIGGERS, "django_session", "jobs_job", "search_change", "search_entry")
"""Tables of which no tile shows anything."""
_TABLES = """
    SELECT c.oid::regclass::text, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND c.relowner = current_user::regrole
    GROUP BY c.oid ORDER BY 2
"""
# Functions of triggers run with the rights of whoever writes, or of the owner, so what they name must be ours, and
# nobody may put them on a table of his own.
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
    WHERE p.pronamespace = %s::regnamespace AND p.proowner = current_user::regrole AND p.prorettype = 'trigger'::regtype
    ORDER BY 1
"""
SEARCH_PATH = f"{OURS}, pg_temp"
"""Temporary tables come last: by default they come first, and one named like a table of ours would stand before it."""


def allowed(table: str) -> frozenset[str]:
    """The verbs that the site's role has on one of Django's tables."""
    if table in READ_ONLY:
        return READ
    spec = declared().get(table)
    if spec is None:
        return ALL
    return ADD if spec.history else ALL if spec.deletable else CHANGE


def apply(using: str = DEFAULT_DB_ALIAS) -> None:
    """Give every role its rights, as the owner; nothing where the site has no other role than the owner."""
    if settings.OWNER_DATABASE is None:
        return
    app, reader = settings.APP_ROLE, (settings.READER_DATABASE or {}).get("USER", "")
    with as_owner(using), transaction.atomic(using), connections[using].cursor() as cursor:
        tables = _fetch(cursor, _TABLES, OURS)
        functions = _fetch(cursor, _FUNCTIONS, OURS)
        schemas = _present(cursor, "to_regnamespace", named_by_apps("own_schemas"))
        sequences = _present(cursor, "to_regclass", named_by_apps("own_sequences"))
        for statement in (
            f"REVOKE CREATE ON SCHEMA {OURS} FROM PUBLIC",
            *_of_the_database(cursor),
            *_of_the_site(app, tables),
            *_of_functions(app, functions),
            *(f"GRANT USAGE ON SEQUENCE {sequence} TO {quoted(app)}" for sequence in sequences),
            *(part for schema in schemas for part in _of_layers(cursor, schema, app)),
            *(_of_the_reader(reader, tables, schemas, app) if reader else ()),
        ):
            cursor.execute(statement)


def named_by_apps(attribute: str) -> list[str]:
    """What the apps' configurations name together.

    `own_schemas`: where the site makes tables while it runs. `own_sequences`: from which it takes numbers itself.
    `attached_functions`: functions that it puts on tables of its own as triggers.
    """
    return sorted({name for config in apps.get_app_configs() for name in getattr(config, attribute, ())})


def _fetch(cursor: Any, query: str, *values: str) -> list[Any]:
    cursor.execute(query, values)
    return list(cursor.fetchall())


def _present(cursor: Any, function: str, names: Iterable[str]) -> list[str]:
    """Those that are there; a partial migration has not all of them yet."""
    return [name for name in names if _fetch(cursor, f"SELECT {function}(%s) IS NOT NULL", name)[0][0]]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _of_the_database(cursor: Any) -> Iterator[str]:
    """Compiling costs more than it saves on pages and tiles; a pooler passes no such wish of a session on."""
    mine = "SELECT datname FROM pg_database WHERE datname = current_database() AND datdba = current_user::regrole"
    for (name,) in _fetch(cursor, mine):
        yield f"ALTER DATABASE {quoted(name)} SET jit = off"


def _of_the_site(app: str, tables: Iterable[Any]) -> Iterator[str]:
    role = quoted(app)
    yield f"GRANT USAGE ON SCHEMA {OURS} TO {role}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA {OURS} TO {role}"  # a backup is dumped as this role
    alike: dict[frozenset[str], list[str]] = {}
    for place, name, _columns in tables:
        alike.setdefault(allowed(name), []).append(place)
    for verbs, places in alike.items():
        names = ", ".join(places)
        yield f"REVOKE ALL ON {names} FROM PUBLIC, {role}"
        yield f"GRANT {', '.join(sorted(verbs))} ON {names} TO {role}"


def _of_functions(app: str, functions: Iterable[Any]) -> Iterator[str]:
    attached = named_by_apps("attached_functions")
    for place, name in functions:
        yield f"ALTER FUNCTION {place} SET search_path = {SEARCH_PATH}"
        yield f"REVOKE ALL ON FUNCTION {place} FROM PUBLIC"
        if name in attached:
            yield f"GRANT EXECUTE ON FUNCTION {place} TO {quoted(app)}"


def _of_layers(cursor: Any, schema: str, app: str) -> Iterator[str]:
    """What stands in a schema of layers is the site's own, also what an earlier release made as the owner."""
    role = quoted(app)
    yield f"GRANT USAGE, CREATE ON SCHEMA {quoted(schema)} TO {role}"
    relations = """
        SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'v') AND c.relowner = current_user::regrole
    """
    for kind, place in _fetch(cursor, relations, schema):
        yield f"ALTER {kind} {place} OWNER TO {role}"
    for place, _name in _fetch(cursor, _FUNCTIONS, schema):
        yield f"ALTER FUNCTION {place} OWNER TO {role}"


def _of_the_reader(reader: str, tables: Iterable[Any], schemas: Iterable[str], app: str) -> Iterator[str]:
    role = quoted(reader)
    yield f"GRANT USAGE ON SCHEMA {OURS} TO {role}"
    for place, name, columns in tables:
        shown = [quoted(column) for column in columns if column not in SECRETS and name not in NEVER_DRAWN]
        yield f"REVOKE ALL ON {place} FROM {role}"
        if shown:
            yield f"GRANT SELECT ({', '.join(shown)}) ON {place} TO {role}"
    for schema in map(quoted, schemas):
        yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"
        yield f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(app)} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}"


def forbidden(tables: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """For each table of the chain the verbs that the site's role must not have."""
    return {table: EVERY - allowed(table) for table in tables}
