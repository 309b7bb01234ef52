"""Time limits of the database itself. They are defaults of the site's role, so they hold for every web process however
it connects, also through a pool of connections. What may take long (commands, workers, imports) lifts them for itself.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "client_connection_check_interval": "5s",
}
"""A request's own time (`concurrency.py`) is shorter than that of a statement, but for files."""
LIFTED = [f"SET {name} = 0" for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")]


def keep(using: str = DEFAULT_DB_ALIAS) -> None:
    """Write the limits down for the role that this process is, in this database. They hold for new sessions."""
    connection = connections[using]
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for limit, value in LIMITS.items():
            cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {name} SET {limit} = %s", [value])


def lift(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Lift them for one session; a process that serves requests does not (`observe`)."""
    with connection.connection.cursor() as cursor:
        cursor.execute("; ".join(LIFTED))


def observe() -> None:
    """From now on, sessions of this process keep the limits: `wsgi.py` says so."""
    connection_created.disconnect(lift)
