"""So many requests of each kind at once, each with its time: a slow page never takes the threads of tiles and reports.

A kind that is full lets a few requests wait for a moment and answers 503 with `Retry-After` to all others, before
anything is asked of the database. All places together are fewer than the threads of a process (`settings.WEB_THREADS`),
so `/healthz` and static files, which wait for nothing, always find one.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from geo_portal.middleware.request_size import announced
from geokit.refusal import Unavailable
from ui.deadlines import Deadline
from ui.refusals import answer_unavailable

SLOWEST_UPLOAD = 20_000
"""Bytes per second: what a body may take to arrive comes on top of its request's time."""
THREADS = 96
"""The threads of a process for which the numbers below are meant; with others they shrink or grow alike."""
RETRY_SECONDS = 2
KEPT_CONNECTIONS = 24
"""Database connections that the threads of a process keep between requests; more are closed with their request."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What requests of one kind may take."""

    name: str
    at_once: int
    may_wait: int
    wait_s: float
    seconds: float
    """From its beginning to its answer."""
    per_route: int = 0
    """Of one route at once; 0: no fewer than of all."""


PROBES = Kind("probes", at_once=2, may_wait=0, wait_s=0, seconds=5)
# Tiles from memory need no place; twelve that the fast path makes or waits for come on top (`single_flight.py`).
TILES = Kind("tiles", at_once=14, may_wait=0, wait_s=0, seconds=15)
PAGES = Kind("pages", at_once=8, may_wait=6, wait_s=3, seconds=20, per_route=5)
API = Kind("api", at_once=5, may_wait=3, wait_s=2, seconds=20, per_route=3)
PICTURES = Kind("pictures", at_once=5, may_wait=5, wait_s=5, seconds=20)
# Maps and tiles that the site draws itself for clients that cannot (WMS, WMTS): they take a core, not the database.
DRAWINGS = Kind("drawings", at_once=3, may_wait=8, wait_s=5, seconds=20)
# What is set on paper takes a core too, and longer: no more at once than `ui.printing` sets.
PRINTS = Kind("prints", at_once=2, may_wait=2, wait_s=3, seconds=90)
FILES = Kind("files", at_once=3, may_wait=1, wait_s=2, seconds=90)
WRITES = Kind("writes", at_once=8, may_wait=8, wait_s=5, seconds=30, per_route=6)
KINDS = (PROBES, TILES, PAGES, API, PICTURES, DRAWINGS, PRINTS, FILES, WRITES)

FREE = {"healthz", "service_worker"}
ASKED_BY_PROBES = {"readyz", "metrics"}
TILES_UNDER = ("/tiles/", "/rasters/", "/fonts/", "/styles/")
API_UNDER = ("/api/", "/ogc/", "/sta/", "/by-token/")
DRAWN_AT = ("/ogc/wms", "/ogc/wmts")
PRINTED_AT = re.compile(r"^(/by-token/[^/]+)?/(map/sheet\.|cards/|posters/|boards/[^/]+/board\.(pdf|png)$)")
PICTURE_SUFFIXES = {".png", ".webp", ".svg", ".jpg"}
PICTURE_WORDS = ("photo", "original", "cover", "evidence")


def kind_of(request: HttpRequest) -> Kind | None:
    """Return the kind of a request whose route is known; None for what waits for nothing."""
    name, path = request.resolver_match.url_name or "" if request.resolver_match else "", request.path
    if name in FREE:
        return None
    if name in ASKED_BY_PROBES:
        return PROBES
    if path.startswith(TILES_UNDER):
        return TILES
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        return WRITES
    if any(address in path for address in DRAWN_AT):  # behind `/by-token/` too
        return DRAWINGS
    if PRINTED_AT.search(path):
        return PRINTS
    suffix = PurePosixPath(path).suffix
    if suffix in PICTURE_SUFFIXES or name.startswith(PICTURE_WORDS):
        return PICTURES
    if path.startswith(API_UNDER):
        return API
    return FILES if suffix or name == "download" else PAGES


class Places:
    """The places of one kind in this process."""

    def __init__(self, kind: Kind, threads: int = THREADS) -> None:
        self.kind = kind
        share = threads / THREADS
        self.at_once, self.per_route = max(1, int(kind.at_once * share)), max(1, int(kind.per_route * share))
        self.may_wait = int(kind.may_wait * share)
        self._changed = threading.Condition()
        self._taken: Counter[str] = Counter()
        self._waiting = 0

    def take(self, route: str) -> bool:
        """Take a place, waiting for a moment; False when none came free."""
        with self._changed:
            if self._has_room(route):
                self._taken[route] += 1
                return True
            if self._waiting >= self.may_wait:
                return False
            self._waiting += 1
            try:
                came = self._changed.wait_for(lambda: self._has_room(route), self.kind.wait_s)
            finally:
                self._waiting -= 1
            self._taken[route] += came
            return came

    def _has_room(self, route: str) -> bool:
        of_route = not self.kind.per_route or self._taken[route] < self.per_route
        return of_route and self._taken.total() < self.at_once

    def give_back(self, route: str) -> None:
        with self._changed:
            self._taken[route] -= 1
            if not self._taken[route]:
                del self._taken[route]
            self._changed.notify_all()


class Admission:
    """One request's place and deadline, from the moment that its route is known until its answer is sent."""

    def __init__(self, places: Places, request: HttpRequest) -> None:
        self.route = request.resolver_match.route if request.resolver_match else ""
        self._places, self._request = places, request
        self._deadline: Deadline | None = None

    def enter(self) -> bool:
        if not self._places.take(self.route):
            return False
        seconds = self._places.kind.seconds + announced(self._request) / SLOWEST_UPLOAD
        self._deadline = Deadline(seconds * settings.REQUEST_TIME_FACTOR)
        return True

    def leave(self) -> None:
        """Once or more often: at the end of the view, or of a stream."""
        deadline, self._deadline = self._deadline, None
        if deadline is not None:
            deadline.end()
            self._places.give_back(self.route)


class ConcurrencyMiddleware:
    """The first of all, so that a request without a place costs next to nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.places = {kind: Places(kind, settings.WEB_THREADS) for kind in KINDS}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_sent_later = False
        try:
            answer = self.get_response(request)
            admission: Admission | None = getattr(request, "admission", None)
            # A finished file takes nothing but its thread; a slow client does not hold the place of those who compute.
            if admission and answer.streaming and not hasattr(answer, "file_to_stream"):
                answer._resource_closers.append(admission.leave)  # type: ignore[attr-defined]  # there is no other hook
                is_sent_later = True
            return answer
        finally:
            if not is_sent_later and hasattr(request, "admission"):
                request.admission.leave()

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        kind = kind_of(request)
        if kind is None:
            return None
        admission = Admission(self.places[kind], request)
        if not admission.enter():
            refusal = full()
            return answer_unavailable(request, refusal, refusal)
        request.admission = admission  # type: ignore[attr-defined]
        return None


def full() -> Unavailable:
    return Unavailable(gettext("现在同时办理的人太多，请稍等。"), code="no-place", retry_after=RETRY_SECONDS)


def close_surplus_connections(**_: Any) -> None:
    """At the end of a request: every thread may have served one, and the database counts connections."""
    mine = [connections[alias] for alias in connections]
    with _counting:
        _of_all_threads.update(mine)
        kept = sum(wrapper.connection is not None for wrapper in _of_all_threads)
    if kept > KEPT_CONNECTIONS and not any(wrapper.in_atomic_block for wrapper in mine):
        connections.close_all()


_of_all_threads: WeakSet[BaseDatabaseWrapper] = WeakSet()
_counting = threading.Lock()
