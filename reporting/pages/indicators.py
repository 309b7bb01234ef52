"""`/boards/indicators/`: every indicator that the reader may see, one with its values, and the forms."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.directory.levels import districts
from accounts.models import Area
from accounts.permissions import ANONYMOUS, Asker, require_district_staff, role_of
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from geokit.refusal import Refusal
from reporting.boards import drawings
from reporting.boards.showing import place_head
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import indicators_visible_to, may_keep_indicators, may_report_values
from reporting.indicators.services import save_indicator
from reporting.observations.models import EarlierValue, Observation, Way
from reporting.observations.places import Place, column_of, places_of
from reporting.observations.queries import newest_periods, observations_visible_to, series_of
from reporting.observations.recording import Given, record_value
from reporting.observations.series import Series, Value, is_enough
from reporting.pages.forms.indicators import IndicatorForm, ValueForm
from ui.downloads import TABLE_FILES, table_response
from ui.forms.refusable import posted, render_form, whole_number

SHOWN = 120
MOST_CHOICES = 500


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """Every indicator with the period of its newest value."""
    rows = list(indicators_visible_to(request.user).select_related("department"))
    newest = newest_periods(rows, request.user)
    context = {
        "indicators": [
            (one, periods.name_of(one.period_kind, day) if (day := newest.get(one.pk)) else "") for one in rows
        ],
        "may_keep": may_keep_indicators(request.user),
    }
    return render(request, "reporting/boards/indicators.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: what it is, its values with what stood there before, and the form for those who report."""
    rows = indicators_visible_to(request.user).select_related("department", "layer__current_version")
    found = get_object_or_404(rows, code=code)
    may_report = may_report_values(request.user, found) and found.way == Indicator.Way.GIVEN
    data = posted(request) if may_report else None
    form = ValueForm(found, request.user, data)
    if request.method == "POST" and may_report and form.is_valid():
        try:
            row = record_value(request.user, _given(found, form.cleaned_data), Way.PAGE)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已收下：%s。") % row)
            return redirect("boards:indicator", code=code)
    status = 403 if request.method == "POST" and not may_report else 0
    answer = render_form(
        request, "reporting/boards/indicator.html", _context(request, found) | {"form": form, "may_report": may_report}
    )
    answer.status_code = status or answer.status_code
    return answer


def _given(found: Indicator, data: dict[str, Any]) -> Given:
    return Given(found, data["place"], periods.read(found.period_kind, data["period"]), data["value"], data["plan"],
                 data["whole"], data["reason"], data["confirmed"])  # fmt: skip


def _context(request: HttpRequest, found: Indicator) -> dict[str, Any]:
    seen = observations_visible_to(request.user).filter(indicator=found)
    places = _places(found, request.user, seen)
    place = _place(request, places)
    rows = seen.select_related("area", "feature", "said_by").prefetch_related("earlier__said_by")
    rows = rows.filter(**column_of(place)) if place else rows
    shown = list(rows.order_by("-period", "area__code", "feature__code")[:SHOWN])
    series = series_of([found], user=request.user, since=shown[-1].period if shown else None)[found.code]
    values = {day: series.at(place.pk, day) for day in series.periods} if place else {}
    newest = series.newest()
    spread = found.level != Area.Level.DISTRICT
    names = {one.pk: one.name for one in places}
    sees_few = may_report_values(request.user, found)
    return {
        "indicator": found,
        "place": place,
        "places": [(place_value(one), one.name, one == place) for one in places[:MOST_CHOICES]],
        "head": place_head(found),
        "rows": [
            (
                row,
                row.area.name if row.area else names.get(row.place_id, ""),
                periods.name_of(found.period_kind, row.period),
                _text(series, row),
                [(old, _text_of_earlier(series, row, old, sees_few)) for old in row.earlier.all()],
            )
            for row in shown
        ],
        "total": rows.count(),
        "svg": drawings.line(series, values, newest, spread=spread) if newest is not None and place else "",
        "example": periods.EXAMPLES[periods.Kind(found.period_kind)],
        "may_keep": may_keep_indicators(request.user),
        "names": role_of(request.user) != ANONYMOUS,
    }


def _places(found: Indicator, user: Asker, seen: QuerySet[Observation]) -> list[Place]:
    """The places that an indicator has for `user`; of several districts also the areas above that have values."""
    places = places_of(found, user)
    if not found.is_of_areas or not districts().several:
        return places
    above = Area.objects.filter(pk__in=seen.values("area")).exclude(pk__in=[one.pk for one in places])
    return [*above.order_by("code"), *places]


def _text(series: Series, row: Observation) -> str:
    return drawings.number_text(series, series.at(row.place_id, row.period))


def _text_of_earlier(series: Series, row: Observation, old: EarlierValue, sees_few: bool) -> str:
    """What stood there before, with a plan or denominator that was another; no value where it, or what corrected it, is
    of too few."""
    enough = sees_few or all(is_enough(series.indicator, one.whole) for one in (row, old))
    said = [drawings.number_text(series, Value(old.value, enough=enough))]
    if old.plan != row.plan:
        said.append(_("计划 %s") % drawings.number_text(series, old.plan))
    if old.whole != row.whole:
        said.append(_("分母 %s") % (_("空") if old.whole is None else old.whole))
    return _("；").join(said)


def _place(request: HttpRequest, places: Sequence[Place]) -> Place | None:
    """The place that the address names: `area` the code of an area, `feature` the key of a point or feature."""
    code, key = request.GET.get("area", ""), whole_number(request.GET.get("feature"))
    return next((one for one in places if (one.code == code if isinstance(one, Area) else one.pk == key)), None)


def place_value(place: Place) -> str:
    return place.code if isinstance(place, Area) else str(place.pk)


@by_token(READS)
@require_safe
def indicator_file(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """All values of an indicator in the long form, which the sheet importer takes again.

    Of too small a denominator who reports the indicator has the value, and nobody else.
    """
    if extension not in TABLE_FILES:
        raise Http404
    rows_of_readers = indicators_visible_to(request.user).select_related("layer__current_version")
    found = get_object_or_404(rows_of_readers, code=code)
    sees_few = may_report_values(request.user, found)
    seen = observations_visible_to(request.user).filter(indicator=found)
    places = {one.pk: one for one in places_of(found, request.user)}
    rows = seen.select_related("area", "feature").order_by("period", "area__code", "feature__code")
    head = [_("统计指标"), _("区域"), _("区域名称"), _("期间"), _("数值"), _("计划"), _("分母")]
    lines = (
        [
            found.code,
            places.get(row.place_id, row.place).code,
            places.get(row.place_id, row.place).name,
            periods.text_of(found.period_kind, row.period),
            row.value if sees_few or is_enough(found, row.whole) else None,
            row.plan,
            row.whole,
        ]
        for row in rows
    )
    return table_response([head, *lines], f"{found.code}-{timezone.localdate()}.{extension}")


@require_district_staff
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Make an indicator or change one."""
    found = get_object_or_404(Indicator, code=code) if code else None
    form = IndicatorForm(request.user, posted(request), instance=found)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            if found is None and Indicator.objects.filter(code=given["code"]).exists():
                form.add_error("code", _("已有这个代码的指标。"))
            else:
                save_indicator(
                    request.user, code or given["code"], form.facts(), given.get("version") if code else None
                )
                messages.success(request, _("已保存。"))
                return redirect("boards:indicator", code=code or given["code"])
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "reporting/boards/indicator_edit.html", {"form": form, "indicator": found})
