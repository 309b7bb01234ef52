"""Ask pages of the database of this process; write down the processor time they took and how many queries they made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.benchmark.harness import processor_s

FEW, ROUNDS = 3, 20
"""A page whose slowest answer of a few is near the goal is asked so often that its 95th percentile can be told."""
NEAR_MS = 200
LONG_MS = 2_000
"""A page that takes longer is asked once only."""
REFERENCE = "/accounts/login/"
OK, TOO_LATE = 200, 503


def prepare() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    connection.settings_dict["CONN_MAX_AGE"] = None  # one session for all: its processor time is read
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # or a part of the work would be done by others
    import_module("geo_portal.wsgi")  # loads the site as the server does, and sets aside what stays


def times() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield role and address, and milliseconds that 95 of 100 answers stay within, queries and status."""
    return _timed(_pages())


GROWING = (
    ("staff", "/work/"), ("officer", "/work/"), ("deputy", "/work/"), ("staff", "/findings/"), ("deputy", "/findings/"),
    ("staff", "/notices/"), ("public", "/matters/"), ("public", "/river/points/"), ("public", "/projects/"),
    ("public", "/map/"), ("public", "/search/?q=%E6%B2%B3"), ("public", "/search/?q=xth"),
    ("staff", "/search/?q=%E5%85%BB%E8%80%81"), ("public", "/api/v1/monitoring-points/"),
    ("staff", "/api/v1/suggestions/"),
)  # fmt: skip
"""The inbox, lists, the map's page and the search, as a district grows."""


def growing_times() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the same of `GROWING`."""
    return _timed(GROWING)


def _timed(pages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, dict[str, Any]]]:
    clients = {role: _client(user) for role, user in _people().items()}
    _once(clients["public"], REFERENCE)
    for role, path in pages:
        yield f"{role} {path}", _ask(clients[role], path)


def _client(user: Any) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def _ask(client: Client, path: str) -> dict[str, Any]:
    """The first answer warms what a process keeps; of the others the slowest, or where it matters the percentile."""
    asked: list[str] = []

    def count(execute: Any, sql: Any, *rest: Any) -> Any:
        asked.append(str(sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        took, status = _once(client, path)
    if took < LONG_MS:
        took = max(_once(client, path)[0] for _ in range(FEW))
        if took > NEAR_MS:
            took = sorted(_once(client, path)[0] for _ in range(ROUNDS))[ROUNDS * 95 // 100 - 1]
    if status == TOO_LATE:
        connection.close()  # its deadline ended the query, and with it the session
    return {"ms": round(took, 1), "queries": len(asked), "status": status}


def _once(client: Client, path: str) -> tuple[float, int]:
    began = processor_s()
    response = client.get(path, HTTP_HOST="localhost")
    for _part in response if response.streaming else ():
        pass
    return (processor_s() - began) * 1_000, response.status_code


def _people() -> dict[str, Any]:
    from accounts.models import Area, Role, User

    own = User.objects.filter(pk__lt=1_000_000, is_active=True)
    busy = own.filter(role=Role.OFFICER).annotate(n=Count("department__suggestions")).order_by("-n", "pk")
    towns = Q(area__level=Area.Level.TOWN)
    return {
        "public": None,
        "admin": own.filter(role=Role.ADMIN).first(),
        "staff": own.filter(role=Role.STAFF).exclude(towns).first(),
        "town": own.filter(towns, role=Role.STAFF).first() or _town_clerk(),
        "officer": busy.first(),
        "deputy": own.filter(role=Role.DEPUTY).first(),
    }


def _town_clerk() -> Any:
    """The demo has none: one of the town with most matters."""
    from accounts.models import Area, Role, User

    towns = Area.objects.filter(level=Area.Level.TOWN).annotate(n=Count("suggestions"))
    own = {"role": Role.STAFF, "area": towns.order_by("-n", "pk").first()}
    return User.objects.get_or_create(username="bench-town", defaults=own)[0]


def other_times() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the same of every other address without arguments that answers with a page, for each role."""
    people = _people()
    listed = {(role, path.partition("?")[0]) for role, path in _pages()}
    for role, user in people.items():
        client = _client(user)
        for path in _addresses():
            found = None if (role, path) in listed else _ask(client, path)
            if found and found["status"] == OK:
                yield f"{role} {path}", found


def _addresses() -> list[str]:
    """Every address without arguments, but those that end the session and the admin site's."""
    found: list[str] = []

    def walk(resolver: Any, before: str) -> None:
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                if not route.startswith("admin/"):
                    walk(entry, route)
            elif not set(route) & set("<(^$\\") and "logout" not in route:
                found.append(f"/{route}")

    walk(get_resolver(), "")
    return sorted(set(found))


def _pages() -> Iterator[tuple[str, str]]:
    """Role and address. Things that a page is about are those that most belongs to."""
    from projects.models import Project
    from river_monitoring.models import MonitoringPoint, River
    from stations.models import Station
    from supervision.models import Suggestion

    point = MonitoringPoint.objects.filter(pk__lt=1_000_000).annotate(n=Count("samples")).order_by("-n").first()
    river = River.objects.annotate(n=Count("points")).order_by("-n").first()
    matter = Suggestion.objects.filter(pk__lt=1_000_000, is_public=True).order_by("pk").first()
    project = Project.objects.filter(pk__lt=1_000_000).exclude(light="off").order_by("pk").first()
    station = Station.objects.order_by("pk").first()
    year = timezone.localdate() - timedelta(days=365)
    yield "public", REFERENCE
    for path in (
        "/", "/map/", "/search/?q=%E6%B2%B3", "/numbers/", "/river/", "/river/statistics/",
        "/river/statistics/points/?figure=good", "/river/appraisal/",
        "/river/appraisal/points/?figure=met&over=to-date", "/river/compare/", "/river/lakes/", "/river/waters/",
        f"/river/waters/{river.code}/", "/river/near/", "/river/points/", f"/river/points/{point.code}/",
        f"/river/points/{point.code}/samples/",
        f"/river/points/{point.code}/samples/?format=csv", "/projects/", f"/projects/{project.code}/",
        "/projects/download.csv", "/projects/proposals/", "/projects/votes/", "/projects/feed.atom", "/stations/",
        f"/stations/{station.code}/", "/stations/receptions/", "/stations/statistics/", "/stations/deputies/",
        "/stations/calendar.ics", "/stations/activities/", "/matters/", f"/matters/{matter.number}/", "/report/",
        "/api/v1/monitoring-points/", "/api/v1/samples/?page_size=500", "/api/v1/projects/", "/readyz", "/metrics",
    ):  # fmt: skip
        yield "public", path
    for path in (
        "/work/", "/work/?page=30", "/work/?kind=matters-overdue", "/findings/", "/findings/?page=500",
        f"/findings/?since={year}", "/findings/export.csv", "/findings/export.xlsx", f"/suggestions/{matter.number}/",
        "/river/disagreements/", "/river/samples/review/", "/routing/", "/stations/duty/",
        "/stations/duty/2026.xlsx", "/reports/", "/patrols/", "/projects/feedback/", "/notices/", "/notices/?unread=1",
        "/rules/", "/api/v1/suggestions/", "/api/v1/findings/", "/work/people/",
        "/work/people/download.xlsx", "/work/members/", "/numbers/",
        f"/numbers/?since={year}", "/numbers/export.csv", "/search/?q=%E6%B2%B3",
    ):  # fmt: skip
        yield "staff", path
    for path in ("/work/operation/", "/work/chain/", "/accounts/log/", "/admin/ledger/auditentry/"):
        yield "admin", path
    for role in ("town", "officer", "deputy"):
        yield from ((role, path) for path in ("/work/", "/findings/", "/findings/export.csv", "/river/points/"))
    for path in ("/river/disagreements/", "/river/update/points/", "/river/update/measures/"):
        yield "officer", path
        if "update" in path:
            yield "officer", f"{path}table.xlsx"
