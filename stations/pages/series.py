"""The page that announces a series of reception days: a rule, then its days to look at, then the announcement."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.permissions import require_role
from geokit.refusal import BadInput
from stations.pages.busy import Span, busy_deputies
from stations.pages.forms.base import posted
from stations.pages.forms.receptions import SeriesForm
from stations.receptions.plans import ReceptionPlan
from stations.receptions.recurrence import PlannedDay, rule_in_words
from stations.receptions.series import SeriesPlan, announce_series, preview, taken_days
from stations.register.models import Station
from stations.register.permissions import may_run, stations_visible_to
from ui.forms.refusable import render_form


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Announce a series; without `save` the days are only shown."""
    station: Station = get_object_or_404(stations_visible_to(request.user).select_related("area"), code=code)
    if not may_run(request.user, station):
        raise Http404
    form = SeriesForm(station, posted(request))
    context: dict[str, object] = {"form": form, "station": station}
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                found, days = announce_series(request.user, station, form.series())
                messages.success(request, gettext("已公布 %d 次接待，接待代表会收到一条通知。") % len(days))
                return redirect(f"{reverse('stations:receptions')}?series={found.pk}")
            context |= _preview(station, form.series())
        except BadInput as refusal:
            form.show(refusal)
    return render_form(request, "stations/series_new.html", context)


def _preview(station: Station, plan: SeriesPlan) -> dict[str, object]:
    days = preview(plan)
    plans = {day.on: plan.on(day.on) for day in days if day.on is not None}
    taken = taken_days(station, list(plans.values()))
    spans = [(one.starts_at, one.ends_at) for one in plans.values()]
    busy = busy_deputies(list(plan.pattern.deputies), spans)
    return {
        "rule": rule_in_words(plan.rule),
        "days": [_row(day, plans[day.on] if day.on else None, taken, busy) for day in days],
        "number": len(plans),
        "is_guessed": any(day.guessed for day in days),
        "is_taken": bool(taken),
    }


def _row(
    day: PlannedDay, plan: ReceptionPlan | None, taken: set[datetime], busy: dict[Span, list[str]]
) -> dict[str, object]:
    """A day of the rule with what stands in the way."""
    if plan is None:
        return {"day": day}
    return {"day": day, "is_taken": plan.starts_at in taken, "busy": busy.get((plan.starts_at, plan.ends_at))}
