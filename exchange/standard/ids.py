"""Identifiers of records: ``origin/kind/key``, the same in every package of an instance for as long as the thing is."""

from urllib.parse import quote

ORIGIN = r"[0-9A-Za-z][0-9A-Za-z-]{1,19}"
KEY = r"[0-9A-Za-z._~%-]{1,360}"
ID = rf"{ORIGIN}/[a-z]{{3,20}}/{KEY}"
MOST = 404
"""Characters of an identifier."""


def id_of(origin: str, kind: str, key: object) -> str:
    """Return the identifier of a thing; what an address could not hold is written in percents.

    >>> id_of("330203", "papers", "2026-J0012")
    '330203/papers/2026-J0012'
    >>> id_of("330203", "areas", "东/镇")
    '330203/areas/%E4%B8%9C%2F%E9%95%87'
    """
    return f"{origin}/{kind}/{quote(str(key), safe='')}"


def origin_of(identifier: str) -> str:
    """Return whose thing an identifier names."""
    return identifier.partition("/")[0]
