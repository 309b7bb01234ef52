"""What the site's role may do that it must not: asked of the database itself, whoever asks."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from ledger.chain.declared import declared
from ledger.chain.faults import Fault
from ledger.roles.grants import KEPT_BY_TRIGGERS, OURS, forbidden

_ATTRIBUTES = """
    SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
        has_database_privilege(oid, current_database(), 'CREATE'), has_schema_privilege(oid, %s, 'CREATE')
    FROM pg_roles WHERE rolname = %s
"""
_TOO_STRONG = (
    "is a superuser", "may make roles", "may make databases", "may replicate", "passes row security",
    "may make schemas", "may make tables among ours",
)  # fmt: skip
# A role is as strong as those it is a member of: whoever may become the owner is the owner.
_MEMBER = """
    SELECT DISTINCT o.rolname FROM pg_roles o WHERE o.rolname <> %(role)s AND pg_has_role(%(role)s, o.oid, 'MEMBER')
        AND (o.rolname LIKE 'pg\\_%%' OR o.rolsuper OR EXISTS (
            SELECT FROM pg_class c WHERE c.relowner = o.oid AND c.relnamespace = %(schema)s::regnamespace))
"""
_OWNED = """
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v')
        AND c.relowner = %(role)s::regrole
    UNION ALL SELECT p.proname || '()' FROM pg_proc p
    WHERE p.pronamespace = %(schema)s::regnamespace AND p.proowner = %(role)s::regrole
"""
_HAS = """
    SELECT c.relname, string_agg(asked.verb, ', ' ORDER BY asked.verb)
    FROM unnest(%(tables)s::text[], %(verbs)s::text[]) AS asked(name, verb)
    JOIN pg_class c ON c.relname = asked.name AND c.relnamespace = %(schema)s::regnamespace
    WHERE CASE
        WHEN asked.verb IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(%(role)s, c.oid, asked.verb)
        ELSE has_any_column_privilege(%(role)s, c.oid, asked.verb) END
    GROUP BY c.relname ORDER BY c.relname
"""


def role_faults(using: str = DEFAULT_DB_ALIAS) -> Iterator[Fault]:
    """Say of the role in DATABASE_URL what it owns, may become or may alter of the chain."""
    role = settings.APP_ROLE
    given = {"role": role, "schema": OURS}
    found = _rows(using, _ATTRIBUTES, [OURS, role])
    if not found:
        yield Fault("role-too-strong", detail=f"there is no role {role or '(none named)'}")
        return
    for has, what in zip(found[0], _TOO_STRONG, strict=True):
        if has:
            yield Fault("role-too-strong", detail=f"{role} {what}")
    for (other,) in _rows(using, _MEMBER, given):
        yield Fault("role-too-strong", detail=f"{role} may become {other}")
    owned = [name for (name,) in _rows(using, _OWNED, given)]
    if owned:
        more = f" and {len(owned) - 3} more" if len(owned) > 3 else ""
        yield Fault("role-too-strong", detail=f"{role} owns {', '.join(owned[:3])}{more}")
    yield from _verbs(using, given)


def _verbs(using: str, given: dict[str, Any]) -> Iterator[Fault]:
    wanted = forbidden([*declared(), *KEPT_BY_TRIGGERS])
    pairs = [(table, verb) for table, verbs in wanted.items() for verb in verbs]
    asked = {**given, "tables": [table for table, _verb in pairs], "verbs": [verb for _table, verb in pairs]}
    for table, held in _rows(using, _HAS, asked):
        yield Fault("role-too-strong", table, detail=f"{given['role']} may {held}")


def _rows(using: str, query: str, given: Any) -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())
