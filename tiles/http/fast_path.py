"""The way past Django for tiles that are finished: a few look-ups in dictionaries, no ORM, no middleware.

Django answers the first request of each kind (which tileset, under which host and scheme, for whom). What it decided,
and the headers it sent, are then good for the next ones as long as nothing that it was decided by has changed: the
layers' own rows for loaded layers, and for somebody who is signed in also the people and the sessions. Every table
behind a decision is watched like those behind tiles (`freshness.py`), so a layer that goes internal, a role that
changes and a person who signs out count with the very next request.

Whatever is unusual (a query string, another method, an unknown encoding of the address) is left to Django.
"""

import logging
import math
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

from geokit.refusal import Refusal
from tiles.cache import disconnects
from tiles.cache.change_log import JOURNAL, Known, Unreachable
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
TOLD = "tiles.told"
REFUSED = "tiles.refused"
MOST_DECISIONS = 4_096
MOST_READY = 20_000
MOST_WORDINGS = 4
"""So many wordings of Accept-Encoding a tile has its answer ready for; browsers have two or three."""
SESSION_S = 60.0
"""So long a decision about somebody who is signed in may live at most, seconds."""
_OF_THE_TILE = {"content-length", "content-type", "content-encoding", "content-language", "etag", "vary"}
_DATABASE_SESSIONS = "django.contrib.sessions.backends.db"

_TILE = re.compile(r"/tiles/([^/]+)/(\d{1,2})/(\d{1,9})/(\d{1,9})\.mvt", re.ASCII).fullmatch

Headers = list[tuple[str, str]]
Environ = dict[str, Any]


def tables_of_people() -> frozenset[str]:
    """Return the tables that say who asks: watched, so that decisions about people can rest on them."""
    return frozenset({get_user_model()._meta.db_table, Session._meta.db_table})


@dataclass(frozen=True, slots=True)
class Told:
    """What Django decided about a tileset for somebody, and what that rests on."""

    here: Origin
    tileset: Tileset
    user: Any
    tables: tuple[str, ...]
    until: float


@dataclass(slots=True)
class Decision:
    """What was decided, how it is answered, and up to which number nothing has changed it."""

    told: Told
    headers: Headers
    checked: int

    def holds(self, known: Known) -> bool:
        """Tell whether it would be decided the same way now."""
        if self.told.until < math.inf and time.time() >= self.told.until:
            return False
        if self.checked == known.latest:
            return True
        latest = known.latest
        if known.changed(self.told.tables, self.checked):
            return False
        self.checked = latest
        return True


class Ready(NamedTuple):
    """What was answered to a path. It does not keep the tile in memory; `memory.py` alone decides on that."""

    decision: Decision
    entry: "weakref.ref[Entry]"


def raise_refusal(request: HttpRequest) -> None:
    """Called by the view first: what the fast path was refused is Django's to put into words."""
    refusal = request.META.pop(REFUSED, None)
    if refusal is not None:
        raise refusal


def tell(request: HttpRequest, here: Origin, tileset: Tileset, decided_by: Iterable[str]) -> None:
    """Called by the view that has answered: let the fast path remember what was decided."""
    if not (here.key and here.is_plain):
        return
    tables = {table_key(table) for table in decided_by}
    until = here.until
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        tables |= tables_of_people()
        until = min(until, time.time() + min(SESSION_S, max(request.session.get_expiry_age(), 0)))
    request.META[TOLD] = Told(here, tileset, request.user, tuple(sorted(tables)), until)


class FastPath:
    """The WSGI application: tiles from memory, everything else from Django."""

    def __init__(self, django: Callable[..., Iterable[bytes]]) -> None:
        self.django = django
        self.decisions: dict[tuple, Decision] = {}
        self.ready: dict[tuple, Ready] = {}
        self.cookie = settings.SESSION_COOKIE_NAME
        self.sessions_are_watched = settings.SESSION_ENGINE == _DATABASE_SESSIONS

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        asker = self._asker(environ) if path.startswith("/tiles/") else None
        if asker is None:
            return self.django(environ, start_response)
        try:
            known = JOURNAL.now()
        except Unreachable:
            return self.django(environ, start_response)
        ready = self.ready.get((path, asker))
        if ready is not None:
            entry = ready.entry()
            if entry is not None and ready.decision.holds(known) and entry.is_fresh(known):
                MEMORY.touch(entry)
                COUNTS["fast"] += 1
                return _answer(environ, start_response, ready.decision, entry)
            self.ready.pop((path, asker), None)
        address = _TILE(path)
        if address is None:
            return self.django(environ, start_response)
        names, *tile = address.groups()
        kind = (names, asker)
        decision = self.decisions.get(kind)
        if decision is not None:
            if decision.holds(known):
                entry = self._entry(environ, decision.told, tile, known)
                if entry is not None:
                    if entry.asked:  # most tiles that are made are asked for once
                        _keep(self.ready, MOST_READY, (path, asker), Ready(decision, weakref.ref(entry)))
                    return _answer(environ, start_response, decision, entry)
            else:
                self.decisions.pop(kind, None)
        return self._ask_django(environ, start_response, kind, known.latest)

    def forget(self) -> None:
        """Let Django decide everything anew."""
        self.decisions.clear()
        self.ready.clear()

    def _asker(self, environ: Environ) -> tuple | None:
        """Return what Django's answer depends on besides the path; None for what is Django's alone."""
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
        return (
            environ["wsgi.url_scheme"],
            environ.get("HTTP_HOST"),
            environ.get("HTTP_X_FORWARDED_PROTO"),
            environ.get("HTTP_X_FORWARDED_HOST"),
            session,
        )

    @staticmethod
    def _entry(environ: Environ, told: Told, tile: list[str], known: Known) -> Entry | None:
        """Return the tile from memory, or made; None when Django has to say what is wrong."""
        z, x, y = tile
        entry = MEMORY.get((told.here.key, int(z), int(x), int(y)))
        if entry is not None and entry.is_fresh(known):
            COUNTS["fast"] += 1
            return entry
        try:
            address = TileAddress.checked(int(z), int(x), int(y))
            disconnects.here.asker = disconnects.asker_of(environ)
            return find(told.here, address, lambda: content(told.here, told.tileset, told.user, address), known)
        except Refusal as refusal:
            environ[REFUSED] = refusal
        except Exception:
            # Django asks again, on connections that it has looked after, and reports what stays wrong.
            logger.exception("tile %s of %s", "/".join(tile), told.tileset.name)
        finally:
            disconnects.here.asker = None
        return None

    def _ask_django(self, environ: Environ, start_response: Callable[..., Any], kind: tuple, number: int) -> Any:
        """Let Django answer, and remember what it decided. `number` was known before it looked."""
        heard: list[tuple[str, Headers]] = []

        def listen(status: str, headers: Headers, *more: Any) -> Any:
            headers = _without_language(headers) if TOLD in environ else headers
            heard.append((status, headers))
            return start_response(status, headers, *more)

        disconnects.here.asker = disconnects.asker_of(environ)
        try:
            body = self.django(environ, listen)
        finally:
            disconnects.here.asker = None
        told = environ.get(TOLD)
        if told is not None and heard and heard[0][0][:3] in ("200", "204", "304"):
            self._remember(kind, told, heard[0][1], number)
        return body

    def _remember(self, kind: tuple, told: Told, headers: Headers, number: int) -> None:
        if any(name.lower() == "set-cookie" for name, _ in headers):
            return
        kept = [(name, value) for name, value in headers if name.lower() not in _OF_THE_TILE]
        kept += [(name, value) for name, value in headers if name.lower() == "vary"]
        _keep(self.decisions, MOST_DECISIONS, kind, Decision(told, kept, number))


def _keep(kept: dict[tuple, Any], most: int, key: tuple, value: Any) -> None:
    """Keep one more, and let go of the oldest quarter where there are too many."""
    if len(kept) >= most:
        for old in list(kept)[: most // 4]:
            kept.pop(old, None)
    kept[key] = value


def _without_language(headers: Headers) -> Headers:
    """A tile says the same in every language, so a cache need not keep it once for each."""
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
    headers, body = entry.outgoing.get(accepted) or _outgoing(entry, accepted)
    start_response("200 OK", decision.headers + headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _outgoing(entry: Entry, accepted: str) -> tuple[Headers, bytes]:
    """Put together once what is sent to all whose Accept-Encoding reads like this."""
    encoding, body = entry.for_client(accepted)
    headers = [
        ("ETag", entry.tag),
        ("Content-Type", MVT_TYPE),
        ("Content-Length", str(len(body))),
    ]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    if entry.asked and len(entry.outgoing) < MOST_WORDINGS:
        entry.outgoing[accepted] = headers, body
    return headers, body
