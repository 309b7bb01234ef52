"""How often a page asks the database."""

from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.first_account.services import KEPT_AS


def asked(client: Client, address: str, query: dict[str, Any] | None = None) -> int:
    """Return how often a page asks that finds nothing in the cache.

    With what is kept for seconds (`accounts.directory.levels`) the count would depend on the machine's speed. What a
    process reads once was read by the request before.
    """
    client.get(address, query)
    cache.clear()
    cache.set(KEPT_AS, True)  # a site in use
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, query)
    assert answer.status_code == 200, address
    return len(queries)
