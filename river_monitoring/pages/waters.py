"""Pages of waters: the list, one water along its course, and the signboard of one of its reaches."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.permissions import departments_visible_to, has_role
from river_monitoring.assessment.coverage import unrated_in_words
from river_monitoring.network import ranges
from river_monitoring.network.models import Grade, Reach, River, WaterKind
from river_monitoring.network.permissions import reaches_visible_to, rivers_visible_to
from river_monitoring.pages.statistics import PERIOD
from river_monitoring.points import chiefs
from river_monitoring.points.permissions import FOLLOWERS, points_visible_to
from river_monitoring.standard.averages import Period, Span
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.statistics.period_table import period_table
from river_monitoring.statistics.periods import newest_span
from river_monitoring.waters import course
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import change_in_words, quality_in_words, span_in_words
from ui.pagination import page_of
from ui.qr import qr_svg

PAGE_SIZE = 40


@require_safe
def water_list(request: HttpRequest) -> HttpResponse:
    """Every water with its length, points and worst class; by name, kind and grade."""
    rivers = course.for_pages(rivers_visible_to(request.user))
    asked = {name: request.GET.get(name, "").strip()[:40] for name in ("q", "kind", "grade")}
    found = rivers.filter(name__icontains=asked["q"]) if asked["q"] else rivers
    if asked["kind"] in WaterKind:
        found = found.filter(kind=asked["kind"])
    if asked["grade"] in Grade:
        found = found.filter(grade=asked["grade"])
    page = page_of(request, found.order_by("-length", "code"), PAGE_SIZE)
    of_page = River.objects.filter(pk__in=[row.pk for row in page])
    worst = {row.pk: row for row in course.with_worst(of_page, request.user)}
    context = {
        "page": page,
        "rows": [(river, worst[river.pk]) for river in page],
        "total": rivers_visible_to(request.user).count(),
        "asked": asked,
        "kinds": WaterKind.choices,
        "grades": Grade.choices,
    }
    return render(request, "river/water_list.html", context)


@require_safe
def water(request: HttpRequest, code: str) -> HttpResponse:
    """One water: its state, its course with points and confluences in order, its towns, its chiefs."""
    river = get_object_or_404(course.for_pages(rivers_visible_to(request.user)), code=code)
    reaches = course.reaches_of(river, request.user)
    points = list(course.points_of(river, request.user).order_by("code"))
    span = _span(request, points_visible_to(request.user).filter(river=river))
    table = period_table(points_visible_to(request.user).filter(river=river), span, "river")
    state = next(iter(table.rows), table.total)
    context = {
        "river": river,
        "reaches": reaches,
        "box": _box(river),
        "stops": course.course(river, reaches, points, request.user),
        "unplaced": [point for point in points if point.reach_id is None],
        "sections": [
            (section, quality_in_words(section.state.quality) if section.state else "")
            for section in course.town_sections(reaches, points, span)
        ],
        "state": state,
        "quality": quality_in_words(state.state.quality),
        "change": change_in_words(state.change),
        "unrated": unrated_in_words(state.coverage),
        "primary": [parameter_name(GB3838_2002[code]) for code in state.state.primary],
        "span_words": span_in_words(span),
        "period": span.period,
        "periods": PERIOD.items(),
        "chiefs": chiefs.of_river(river, request.user),
        "may_call": chiefs.may_call_chiefs(request.user, chiefs.areas_of_river(river)),
        "may_follow_river": has_role(request.user, *FOLLOWERS),
        "follows_river": request.user.is_authenticated and river.follows.filter(user=request.user).exists(),
        "range_m": ranges.metres_of(river),
        "range_basis": ranges.basis(),
        "tributaries": rivers_visible_to(request.user).filter(flows_into=river),
    }
    return render(request, "river/water.html", context)


def _span(request: HttpRequest, points: Any) -> Span:
    asked = request.GET.get("period", "quarter")
    period: Period = asked if asked in PERIOD else "quarter"
    return newest_span(points, period)


def _box(river: River) -> str:
    """West, south, east, north of the water in degrees, as the map takes them."""
    found = river.reaches.aggregate(box=Extent("geom"))["box"]
    return ",".join(f"{edge:.5f}" for edge in found) if found else ""


@require_safe
def signboard(request: HttpRequest, code: str) -> HttpResponse:
    """The public signboard (公示牌) of one reach, to be printed; its QR code leads to the water's page."""
    reach = get_object_or_404(reaches_visible_to(request.user).select_related("river", "area"), code=code)
    address = request.build_absolute_uri(reach.river.get_absolute_url())
    points = points_visible_to(request.user).filter(reach=reach)
    context = {
        "reach": reach,
        "river": reach.river,
        "chiefs": chiefs.of_reach(reach, request.user),
        "phone": _supervision_phone(request, reach),
        "range_m": ranges.metres_of(reach.river),
        "target": _target(points),
        "address": address,
        "code": mark_safe(qr_svg(address)),  # noqa: S308 - squares, drawn of the address
    }
    return render(request, "river/signboard.html", context)


def _supervision_phone(request: HttpRequest, reach: Reach) -> Any:
    """The town's own department, whose line the board gives."""
    departments = departments_visible_to(request.user).filter(area=reach.area).exclude(phone="")
    return departments.order_by("code").first()


def _target(points: Any) -> str:
    """The strictest target class among the reach's points, in words; empty when it has none."""
    best = points.order_by("target_class").first()
    return best.get_target_class_display() if best else ""
