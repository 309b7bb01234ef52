"""Tests run with the rights of the site's role: the session is the owner's, and has taken that role.

So a test that bends the database as its owner could takes the owner's rights back, in the middle of its transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from ledger.roles.connections import LOGIN, log_in

_SITE: dict[str, Any] = {}


def log_in_as_owner(line: Any) -> None:
    """From here on connect as the owner, where there is another one than the site's role."""
    if settings.OWNER_DATABASE is not None:
        _SITE.update({key: line.settings_dict[key] for key in LOGIN})
        log_in(line, settings.OWNER_DATABASE)


def site_login() -> dict[str, Any]:
    """How the site itself connects, as `connection_parameters` takes it."""
    return dict(_SITE)


@contextmanager
def as_the_site(line: Any) -> Iterator[None]:
    """Connect with the rights of the site's role alone; what empties the tables after a test takes the owner's."""
    if settings.OWNER_DATABASE is None:
        yield
        return
    given = line.settings_dict["OPTIONS"]
    line.close()
    line.settings_dict["OPTIONS"] = given | {"options": f"{given.get('options', '')} -c role={settings.APP_ROLE}"}
    yield
    line.close()
    line.settings_dict["OPTIONS"] = given


@contextmanager
def owner_rights() -> Iterator[None]:
    """Write as the owner of the tables for the length of the block."""
    take("NONE")
    yield
    take_the_sites()


def take_the_sites() -> None:
    take(f'"{settings.APP_ROLE}"')


def take(role: str) -> None:
    """SET ROLE: the name of one, or NONE for the owner."""
    if settings.OWNER_DATABASE is not None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
