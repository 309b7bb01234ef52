"""`/river/lakes/`: how rich in nutrients the lakes are, by the trophic level index and what it is made of."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geokit.refusal import BadInput
from river_monitoring.network.models import WaterKind
from river_monitoring.pages.statistics import PERIOD
from river_monitoring.points.permissions import points_visible_to
from river_monitoring.standard.averages import Span
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.standard.trophic import TERMS
from river_monitoring.statistics.address import read_span
from river_monitoring.statistics.figures.trophic import index_chart
from river_monitoring.statistics.lakes import LakeHistory, LakeState, lake_histories, lakes_of
from river_monitoring.statistics.periods import newest_span, spans_before
from river_monitoring.statistics.wording import level_in_words, trend_numbers_in_words
from river_monitoring.wording.parameters import parameter_name
from river_monitoring.wording.quality import span_in_words
from ui.charts.svg import as_svg
from ui.pagination import page_of

SPANS = {"month": 24, "quarter": 12, "year": 6}
PAGE_SIZE = 20


@require_safe
def lakes(request: HttpRequest) -> HttpResponse:
    """Every lake in one span, with the spans before it; so many to a page."""
    visible = points_visible_to(request.user)
    span = _span(request, visible.filter(water=WaterKind.LAKE))
    page = page_of(request, lakes_of(visible), PAGE_SIZE)
    histories = lake_histories(list(page), span, SPANS[span.period])
    context = {
        "page": page,
        "span": span,
        "span_words": span_in_words(span),
        "periods": PERIOD.items(),
        "spans": [(str(each), span_in_words(each)) for each in spans_before(span, SPANS[span.period])],
        "lakes": [_shown(history) for history in histories],
        "terms": [parameter_name(GB3838_2002[code]) for code in TERMS],
    }
    return render(request, "river/lakes.html", context)


def _span(request: HttpRequest, points: Any) -> Span:
    period: Any = request.GET.get("period") or "quarter"
    if period not in PERIOD:
        raise BadInput(_("没有这样的统计口径，请从页面上选择。"), code="unknown-statistic")
    return read_span(request.GET, newest_span(points, period))


def _shown(history: LakeHistory) -> dict[str, Any]:
    newest = history.newest
    return {
        "state": newest,
        "level": level_in_words(newest.trophic.level) if newest.trophic else "",
        "index": f"{newest.trophic.index:.1f}" if newest.trophic else "",
        "parts": _parts(newest),
        "missing": [parameter_name(GB3838_2002[code]) for code in newest.missing],
        "trend": trend_numbers_in_words(history.trend),
        "svg": mark_safe(as_svg(index_chart(history))) if _has_index(history) else "",  # noqa: S308 - own template
        "points": history.points,
        "compare": _compare_address([point.code for point in history.points]),
    }


def _has_index(history: LakeHistory) -> bool:
    return any(state.trophic for state in history.states)


def _compare_address(codes: Sequence[str]) -> str:
    return "points=" + ",".join(codes[:6]) + "&parameters=tp,tn,chla,sd,codmn"


def _parts(state: LakeState) -> list[dict[str, Any]]:
    """Each of the five: mean, unit and its own index."""
    found = []
    for code in TERMS:
        parameter, mean = GB3838_2002[code], state.means.get(code)
        part = state.trophic.parts.get(code) if state.trophic else None
        found.append(
            {
                "name": parameter_name(parameter),
                "unit": parameter.unit,
                "mean": f"{mean.shown(parameter.decimals):f}" if mean else "",
                "index": "" if part is None else f"{part:.1f}",
            }
        )
    return found
