"""Connecting as another role than the site's own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

LOGIN = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
"""What of Django's settings of a database says how to connect; its name stays, for a test has another."""


@contextmanager
def as_owner(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Connect as the owner of the tables for the length of the block; as before where no other owner is set.

    Raises RuntimeError inside a transaction, which cannot change hands.
    """
    connection = connections[using]
    if settings.OWNER_DATABASE is None:
        yield
        return
    if connection.in_atomic_block:
        raise RuntimeError("the owner cannot take over in the middle of a transaction")
    own = {key: connection.settings_dict[key] for key in LOGIN}
    log_in(connection, settings.OWNER_DATABASE)
    try:
        yield
    finally:
        log_in(connection, own)


def log_in(connection: Any, login: Mapping[str, Any]) -> None:
    """Close the connection; what uses it next connects by that login."""
    connection.close()
    connection.settings_dict.update({key: login.get(key, "") for key in LOGIN})


def connection_parameters(login: Mapping[str, Any] | None, using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """What `psycopg2.connect` takes to reach Django's database by another login; by Django's own for None."""
    line = connections[using].copy()
    if login is not None:
        line.settings_dict.update({key: login.get(key, "") for key in LOGIN})
    found: dict[str, Any] = line.get_connection_params()
    found.pop("cursor_factory", None)
    return found


def address(login: Mapping[str, Any] | None = None, name: str = "", using: str = DEFAULT_DB_ALIAS) -> str:
    """The address for another process: as this one connects, or by another login, to its database or that `name`."""
    given = {**connections[using].settings_dict, **({key: login.get(key, "") for key in LOGIN} if login else {})}
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    parts = {name: str(given[key]) for key, name in keys.items() if given.get(key)}
    options = {name: str(value) for name, value in given["OPTIONS"].items()}
    database = quote(name or str(given["NAME"]), safe="")
    return f"postgresql:///{database}?{urlencode({**parts, **options}, quote_via=quote)}"
