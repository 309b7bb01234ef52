"""A route that is not in the table fails, so nobody can add a page without saying who may see it."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.access.table import FOREIGN, rows


def _routes(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_route_is_in_the_table():
    ours = {name for name in _routes(get_resolver().url_patterns) if not name.startswith(FOREIGN)}
    assert ours - {row[0] for row in rows("READS")} == set()


def test_the_table_names_no_route_that_is_gone():
    named = {row[0] for kind in ("READS", "WRITES") for row in rows(kind)}
    assert named - set(_routes(get_resolver().url_patterns)) == set()
