"""Serves cached tiles in front of Django: a few dictionary look-ups, no ORM, no middleware.

Django answers the first request of each kind (tileset, host, scheme, session). Its decision and headers then hold for
the next requests as long as no row behind the decision has changed: the layers' own rows for loaded layers, and for
a signed-in person also the people and the sessions. Every table behind a decision is watched like those behind tiles
(`cache/watched_tables.py`), so a layer that goes internal, a role that changes and a person who signs out count with
the very next request.

Whatever is unusual (a query string, another method, an unknown encoding of the address) is left to Django.
"""

import logging
import re
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts import looking
from accounts.models import Area, Department, Membership, Person
from accounts.permissions import Asker
from geokit.refusal import Refusal
from tiles.cache import disconnects
from tiles.cache.change_log import CHANGE_LOG, KnownChanges, Unreachable
from tiles.cache.content_encoding import MVT_TYPE
from tiles.cache.lookup import Origin, find
from tiles.cache.memory import MEMORY, Entry
from tiles.cache.metrics import COUNTS
from tiles.cache.watched_tables import table_key
from tiles.engine.render import content
from tiles.grids.address import TileAddress
from tiles.http.conditional import tag_matches
from tiles.layer.vector import Tileset

logger = logging.getLogger(__name__)
DECIDED = "tiles.decided"
REFUSED = "tiles.refused"
MAX_DECISIONS = 4_096
MAX_READY = 20_000
LONGEST_REQUESTER = 2_048
"""Characters of cookies and host by which askers are told apart and which are kept with what was decided; browsers send
a few hundred. Who sends more is answered by Django, or headers without end would fill the memory."""
MAX_ACCEPT_VARIANTS = 4
"""So many values of Accept-Encoding have their answer kept per tile; browsers send two or three."""
LEASE_S = 60.0
"""Seconds for which a decision may hold at most: a second district, or a session that ends, is in no layer's tables."""
_TILE_HEADERS = {"content-length", "content-type", "content-encoding", "content-language", "etag", "vary"}
_DATABASE_SESSIONS = "django.contrib.sessions.backends.db"

_TILE = re.compile(r"/tiles/([^/]+)/(\d{1,2})/(\d{1,9})/(\d{1,9})\.mvt", re.ASCII).fullmatch

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
Key = tuple[Any, ...]


def people_tables() -> frozenset[str]:
    """Return the tables of people, their seats, departments and areas, and sessions: watched, so that decisions about
    people can depend on them."""
    models = (get_user_model(), Session, Area, Department, Person, Membership)
    return frozenset(model._meta.db_table for model in models)


@dataclass(frozen=True, slots=True)
class Basis:
    """What Django decided about a tileset for one audience, and the tables that this depends on."""

    origin: Origin
    tileset: Tileset
    user: Asker
    tables: tuple[str, ...]
    until: float


@dataclass(slots=True)
class Decision:
    """A decision, the headers to answer with, and the version up to which nothing has changed it."""

    basis: Basis
    headers: Headers
    checked: int

    def holds(self, known: KnownChanges) -> bool:
        """Tell whether it would be decided the same way now."""
        if time.time() >= self.basis.until:
            return False
        if self.checked == known.latest:
            return True
        latest = known.latest
        if known.changed(self.basis.tables, self.checked):
            return False
        self.checked = latest
        return True


class ReadyAnswer(NamedTuple):
    """The answer to a path. It holds the tile weakly: `memory.py` alone decides what stays in memory."""

    decision: Decision
    entry: "weakref.ref[Entry]"


def raise_kept_refusal(request: HttpRequest) -> None:
    """Raise what the fast path was refused, so that Django words the answer. The view calls this first."""
    refusal = request.META.pop(REFUSED, None)
    if refusal is not None:
        raise refusal


def remember_decision(request: HttpRequest, origin: Origin, tileset: Tileset, decided_by: Iterable[str]) -> None:
    """Let the fast path remember a decision. The view that has answered calls this."""
    if not (origin.key and origin.is_plain):
        return
    tables = {table_key(table) for table in decided_by}
    until = min(origin.until, time.time() + LEASE_S)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        tables |= people_tables()
        until = min(until, time.time() + max(request.session.get_expiry_age(), 0))
    request.META[DECIDED] = Basis(origin, tileset, request.user, tuple(sorted(tables)), until)


class FastPath:
    """The WSGI application: tiles from memory, everything else from Django."""

    def __init__(self, django: Callable[..., Iterable[bytes]]) -> None:
        self.django = django
        self.decisions: dict[Key, Decision] = {}
        self.ready: dict[Key, ReadyAnswer] = {}
        self.cookie = settings.SESSION_COOKIE_NAME
        self.sessions_are_watched = settings.SESSION_ENGINE == _DATABASE_SESSIONS

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        requester = self._requester(environ) if path.startswith("/tiles/") else None
        if requester is None:
            return self.django(environ, start_response)
        try:
            known = CHANGE_LOG.current()
        except Unreachable:
            return self.django(environ, start_response)
        ready = self.ready.get((path, requester))
        if ready is not None:
            entry = ready.entry()
            if entry is not None and ready.decision.holds(known) and entry.is_fresh(known):
                MEMORY.touch(entry)
                COUNTS["fast"] += 1
                return _answer(environ, start_response, ready.decision, entry)
            self.ready.pop((path, requester), None)
        address = _TILE(path)
        if address is None:
            return self.django(environ, start_response)
        names, *tile = address.groups()
        kind = (names, requester)
        decision = self.decisions.get(kind)
        if decision is not None:
            if decision.holds(known):
                entry = self._entry(environ, decision.basis, tile, known)
                if entry is not None:
                    if entry.requests:  # most tiles that are made are asked for once
                        _put_bounded(
                            self.ready, MAX_READY, (path, requester), ReadyAnswer(decision, weakref.ref(entry))
                        )
                    return _answer(environ, start_response, decision, entry)
            else:
                self.decisions.pop(kind, None)
        return self._ask_django(environ, start_response, kind, known.latest)

    def forget(self) -> None:
        """Forget all decisions, so that Django decides anew."""
        self.decisions.clear()
        self.ready.clear()

    def _requester(self, environ: Environ) -> Key | None:
        """Return what the answer depends on besides the path; None for requests that only Django answers."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("QUERY_STRING"):
            return None
        if "HTTP_AUTHORIZATION" in environ:
            return None
        session = ""
        cookies: str | None = environ.get("HTTP_COOKIE")
        if cookies is not None and self.cookie in cookies:
            if not self.sessions_are_watched:
                return None
            session = cookies
        elif cookies is not None and looking.NAME in cookies:
            session = cookies
        said = [environ.get(name) or "" for name in ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")]
        if len(session) + sum(map(len, said)) > LONGEST_REQUESTER:
            return None
        return (environ["wsgi.url_scheme"], *said, session)

    @staticmethod
    def _entry(environ: Environ, basis: Basis, tile: list[str], known: KnownChanges) -> Entry | None:
        """Return the tile from memory or rendered; None when Django has to answer with an error."""
        z, x, y = tile
        entry = MEMORY.get((basis.origin.key, int(z), int(x), int(y)))
        if entry is not None and entry.is_fresh(known):
            COUNTS["fast"] += 1
            return entry
        try:
            address = TileAddress.checked(int(z), int(x), int(y))
            disconnects.thread.client = disconnects.client_of(environ)
            return find(
                basis.origin,
                address,
                lambda: content(basis.origin, basis.tileset, basis.user, address),
                known,
            )
        except Refusal as refusal:
            environ[REFUSED] = refusal
        except Exception:
            # Django tries again on its own connections and reports the error if it stays.
            logger.exception("tile %s of %s", "/".join(tile), basis.tileset.name)
        finally:
            disconnects.thread.client = None
        return None

    def _ask_django(
        self, environ: Environ, start_response: Callable[..., Any], kind: Key, number: int
    ) -> Iterable[bytes]:
        """Let Django answer, and remember its decision. `number` is the version known before it looked."""
        captured: list[tuple[str, Headers]] = []

        def capture(status: str, headers: Headers, *more: Any) -> Any:
            headers = _without_language(headers) if DECIDED in environ else headers
            captured.append((status, headers))
            return start_response(status, headers, *more)

        disconnects.thread.client = disconnects.client_of(environ)
        try:
            body = self.django(environ, capture)
        finally:
            disconnects.thread.client = None
        basis = environ.get(DECIDED)
        if basis is not None and captured and captured[0][0][:3] in ("200", "204", "304"):
            self._remember(kind, basis, captured[0][1], number)
        return body

    def _remember(self, kind: Key, basis: Basis, headers: Headers, number: int) -> None:
        if any(name.lower() == "set-cookie" for name, _ in headers):
            return
        kept = [(name, value) for name, value in headers if name.lower() not in _TILE_HEADERS]
        kept += [(name, value) for name, value in headers if name.lower() == "vary"]
        _put_bounded(self.decisions, MAX_DECISIONS, kind, Decision(basis, kept, number))


def _put_bounded(kept: dict[Key, Any], most: int, key: Key, value: Any) -> None:
    """Put one more, and drop the oldest quarter where there are too many."""
    if len(kept) >= most:
        for old in list(kept)[: most // 4]:
            kept.pop(old, None)
    kept[key] = value


def _without_language(headers: Headers) -> Headers:
    """Drop the language headers: a tile is the same in every language, so a cache needs one copy."""
    kept = []
    for name, value in headers:
        if name.lower() == "content-language":
            continue
        if name.lower() == "vary":
            value = ", ".join(part for part in value.split(", ") if part.lower() != "accept-language")
        kept.append((name, value))
    return kept


def _answer(environ: Environ, start_response: Callable[..., Any], decision: Decision, entry: Entry) -> list[bytes]:
    tag = entry.tag
    asked = environ.get("HTTP_IF_NONE_MATCH")
    if asked is not None and (asked == tag or tag_matches(asked, tag)):
        COUNTS["not_modified"] += 1
        start_response("304 Not Modified", [*decision.headers, ("ETag", tag)])
        return []
    if entry.is_empty:
        start_response("204 No Content", [*decision.headers, ("ETag", tag)])
        return []
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    headers, body = entry.responses.get(accepted) or _outgoing(entry, accepted)
    start_response("200 OK", decision.headers + headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _outgoing(entry: Entry, accepted: str) -> tuple[Headers, bytes]:
    """Build headers and body once for all requests with this Accept-Encoding."""
    encoding, body = entry.for_client(accepted)
    headers = [
        ("ETag", entry.tag),
        ("Content-Type", MVT_TYPE),
        ("Content-Length", str(len(body))),
    ]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    if entry.requests and len(entry.responses) < MAX_ACCEPT_VARIANTS:
        entry.responses[accepted] = headers, body
    return headers, body
