"""`/river/statistics/points/` and `/river/appraisal/points/`: the points that a figure of these pages counts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from river_monitoring.assessment.coverage import mark_in_words
from river_monitoring.assessment.judged_points import judge_points
from river_monitoring.assessment.judgement import judge_month, judge_to_date
from river_monitoring.pages.appraisal import SHOWN
from river_monitoring.pages.statistics import BY
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.statistics.address import Asked, read_appraisal, read_statistics
from river_monitoring.statistics.counted import Counted, counted_points, figure_in_words
from river_monitoring.statistics.periods import GROUPS, grouped_points
from river_monitoring.wording.quality import span_in_words
from ui.pagination import page_of

PAGE_SIZE = 50
TO_DATE = "to-date"


@require_safe
def of_statistics(request: HttpRequest) -> HttpResponse:
    """What a cell of the statistics counts: their address with ``group`` and ``figure``."""
    visible = points_visible_to(request.user)
    asked = read_statistics(request.GET, visible)
    points = asked.of(visible)
    judged = judge_points(points, asked.span, asked.by)
    items = [Counted(point, judged[point.pk].judgement) for point in grouped_points(points.only(*SHOWN))]
    return _page(request, asked, items, span_in_words(asked.span), reverse("river:statistics"))


@require_safe
def of_appraisal(request: HttpRequest) -> HttpResponse:
    """What a cell of the appraisal counts, in its month or, with ``over=to-date``, in the year so far."""
    visible = points_visible_to(request.user)
    asked = read_appraisal(request.GET, visible)
    points = grouped_points(asked.of(visible).only(*SHOWN))
    to_date = request.GET.get("over") == TO_DATE
    judged = (judge_to_date if to_date else judge_month)(points, asked.span, asked.scheme)
    items = [Counted(point, judged[point.pk]) for point in points]
    words = span_in_words(asked.span)
    when = _("年初至%(month)s") % {"month": words} if to_date else words
    return _page(request, asked, items, when, reverse("river:appraisal"))


def _page(request: HttpRequest, asked: Asked, items: list[Counted], when: str, back: str) -> HttpResponse:
    group, figure = request.GET.get("group", "")[:40], request.GET.get("figure") or "all"
    rows = counted_points(items, asked.span, asked.by, group, figure)
    rows.sort(key=lambda item: (-item.number, item.point.code))
    query = request.GET.copy()
    for name in ("group", "figure", "over", "page"):
        query.pop(name, None)
    context = {
        "page": page_of(request, [_shown(item) for item in rows], PAGE_SIZE),
        "figure": figure_in_words(figure),
        "when": when,
        "group": _name_of(rows, asked, group) if group else "",
        "by_label": BY[asked.by],
        "back": f"{back}?{query.urlencode()}" if query else back,
    }
    return render(request, "river/counted_points.html", context)


def _name_of(rows: list[Counted], asked: Asked, group: str) -> str:
    found = GROUPS[asked.by](rows[0].point, asked.span.last_day) if rows else None
    return found[1] if found else group


def _shown(item: Counted) -> dict[str, Any]:
    found = item.judgement
    return {
        "point": item.point,
        "target": found.target,
        "number": item.number,
        "at_least": found.is_at_least,
        "sampled": found.samples > 0,
        "meets": item.meets_target,
        "why": "" if found.number else mark_in_words(found.lacks),
        "samples": found.samples,
    }
