"""The pages that belong to no single room: entrance, map, numbers."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.district import current
from accounts.district.texts import home_words
from accounts.looking import city_shown
from geo_portal.map_sheet.first_picture import first_picture
from geo_portal.navigation import doors
from projects.models import Project
from projects.permissions import projects_visible_to
from publishing.register.permissions import newest_for
from questions.register.permissions import open_to
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to
from river_monitoring.points.queries import class_counts, overdue_condition
from river_monitoring.selection.filter_panel import panel_context, query_without
from river_monitoring.selection.filters import PointFilter
from river_monitoring.steps.table import TABLE
from stations.permissions import receptions_visible_to, stations_visible_to

NEWS = 4
"""How many pages of the site the entrance shows."""


def _by_class(user: Any) -> list[dict[str, Any]]:
    """Count points per class, best first; what is unrated stays last."""
    *worst_first, unrated = class_counts(points_visible_to(user))
    return [*reversed(worst_first), unrated]


def _by_light(user: Any) -> list[dict[str, Any]]:
    year = timezone.localdate().year
    running = projects_visible_to(user).filter(year=year)
    counts = dict(running.order_by().values_list("light").annotate(total=Count("pk")))
    return [{"light": light, "label": label, "count": counts.get(light, 0)} for light, label in Project.Light.choices]


def summary(user: Any) -> dict[str, Any]:
    """Return the district's state at a glance, counted from what `user` may see."""
    points = points_visible_to(user)
    small = points.filter(kind=MonitoringPoint.Kind.SMALL)
    lights = _by_light(user)
    off = Project.Light.OFF
    return {
        "points_total": points.count(),
        "classes": _by_class(user),
        "small_total": small.count(),
        "small_delisted": small.filter(delisted_on__isnull=False, status__in=TABLE.in_group("holding")).count(),
        "overdue": points.filter(overdue_condition()).count(),
        "projects_year": timezone.localdate().year,
        "projects_total": sum(entry["count"] for entry in lights),
        "lights": [entry for entry in lights if entry["light"] != off],
        "news": newest_for(user)[:NEWS],
        "asked": open_to(user, timezone.now())[:3],
        "stations_total": stations_visible_to(user).count(),
        "receptions": receptions_visible_to(user)
        .filter(starts_at__gte=timezone.now(), held=False)
        .select_related("station")
        .order_by("starts_at")[:3],
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The public entrance."""
    context = {
        "summary": summary(request.user),
        "own": home_words(),
        "doors": doors(request),
        "map_first": True,
        "first_picture": _picture(request),
    }
    return render(request, "home.html", context)


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map; its whole state is in the address, read by the map itself."""
    points = points_visible_to(request.user)
    chosen = PointFilter(request.GET, queryset=points, request=request)
    found = chosen.qs if chosen.is_valid() else points.none()
    context = {
        "summary": summary(request.user),
        "city": city_shown(request.user),
        "found": found.count(),
        "query": query_without(request.GET, "page"),
        "classes": _class_links(request, points),
        "map_first": True,
        "first_picture": _picture(request),
        **panel_context(chosen, request.GET),
    }
    return render(request, "map.html", context)


def _picture(request: HttpRequest) -> str:
    """What stands there before the map; nothing where the address asks for another map than the first."""
    return "" if request.GET else first_picture(request.user)


def _class_links(request: HttpRequest, points: QuerySet[MonitoringPoint]) -> list[dict[str, Any]]:
    """Each class, best first: what the other filters leave of it, and the address that takes it up or puts it back."""
    others = request.GET.copy()
    asked = set(others.pop("class", []))
    chosen = PointFilter(others, queryset=points, request=request)
    found = chosen.qs if chosen.is_valid() else points.none()
    counts = class_counts(found, "class_shown") if chosen.is_valid() else class_counts(found)
    *worst_first, unrated = counts
    rest = query_without(others, "class")
    links = []
    for row in [*reversed(worst_first), unrated]:
        is_chosen = str(row["class"]) in asked
        query = rest if is_chosen else "&".join(filter(None, [rest, f"class={row['class']}"]))
        links.append({**row, "is_chosen": is_chosen, "query": query})
    return links


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What a device shows in place of a page that it has not kept: the same for everybody."""
    return render(request, "offline.html")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The site as an application of the phone: its name, its icon, where it opens, what it is used for most."""
    sizes = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
    icons = [*sizes, ("icon-maskable-512.png", "512x512", "maskable")]
    title = current().title
    about = {
        "name": title,
        "short_name": title[:12],
        "lang": "zh-Hans",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0f5673",
        "icons": [
            {"src": static(name), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in icons
        ],
        "shortcuts": [
            {"name": str(name), "url": url}
            for name, url in ((_("上报"), "/report/"), (_("地图"), "/map/"), (_("待发送"), "/outbox/"))
        ],
    }
    answer = JsonResponse(about, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/manifest+json"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the report form on a device; it must come from the root to be in charge of `/report/`."""
    script = Path(settings.BASE_DIR) / "geo_portal" / "static" / "service-worker.js"
    return HttpResponse(script.read_bytes(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})
