"""Pages of reception days: the calendar of them, one day, and the steps of those who run it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Asker, require_role
from geokit.refusal import BadInput, StaleEdit
from stations.pages.forms.base import posted
from stations.pages.forms.receptions import (
    BookingForm,
    CancelForm,
    ChangeForm,
    ForwardForm,
    MatterForm,
    PlanForm,
    RecordForm,
    SettleForm,
)
from stations.receptions import matters
from stations.receptions import services as receptions
from stations.receptions.filters import ReceptionFilter
from stations.receptions.models import Matter, Reception
from stations.receptions.permissions import matters_visible_to, receptions_visible_to
from stations.receptions.phase import Phase, phase_of
from stations.receptions.queries import reception_days, seats_taken
from stations.receptions.table import TABLE
from stations.register.models import Station
from stations.register.permissions import deputy_of, may_run, stations_run_by, stations_visible_to
from stations.statistics.queries import sums_of
from ui.forms.refusable import RefusableForm, render_form
from ui.pagination import page_of
from ui.refusals import status_of_form

PAGE_SIZE = 20
Forms = dict[str, RefusableForm]


@require_safe
def reception_list(request: HttpRequest) -> HttpResponse:
    """Reception days, those to come first; `held=true` shows what has been."""
    days = reception_days(request.user)
    past = request.GET.get("held") == "true"
    if not past:
        days = days.filter(ends_at__gte=timezone.now()).exclude(status__in=TABLE.in_group("held"))
    chosen = ReceptionFilter(
        request.GET, queryset=days.order_by("-starts_at" if past else "starts_at"), request=request
    )
    context = {
        "page": page_of(request, chosen.qs, PAGE_SIZE),
        "form": chosen.form,
        "past": past,
        "sums": sums_of(chosen.qs) if past else None,
        "kinds": Reception.Kind.choices,
        "runs": stations_run_by(request.user)[:40],
    }
    return render(request, "stations/receptions.html", context)


@require_safe
def reception(request: HttpRequest, pk: int) -> HttpResponse:
    """One reception day."""
    return show(request, pk)


def show(request: HttpRequest, pk: int, refused: Forms | None = None) -> HttpResponse:
    """Render a reception day; forms in `refused` come with what was typed."""
    day = get_object_or_404(reception_days(request.user).prefetch_related("departments"), pk=pk)
    taken = seats_taken(day)
    runs = may_run(request.user, day.station)
    own = deputy_of(request.user)
    sees_matters = runs or (own is not None and day.deputies.filter(pk=own.pk).exists())
    context = {
        "day": day,
        "phase": phase_of(day, taken),
        "left": max(0, day.capacity - taken),
        "taken": taken,
        "runs": runs,
        "forms": _forms(day, runs, sees_matters) | (refused or {}),
        "refused_form": next(iter((refused or {}).values()), None),
        "matters": _matters(request, day, refused or {}) if sees_matters else [],
        "bookings": day.bookings.filter(cancelled_at=None) if runs else [],
        "events": day.events.select_related("actor") if runs else [],
        "signs_in": own is not None and phase_of(day, taken) in (Phase.OPEN, Phase.ENDED, Phase.SOON),
        "has_signed_in": own is not None and day.attendances.filter(deputy=own).exists(),
        "present": day.attendances.select_related("deputy") if day.held else [],
        "booking_form": (refused or {}).get("book", BookingForm()),
    }
    status = status_of_form(*(refused or {}).values())
    response = render(request, "stations/reception.html", context, status=status)
    if refused:
        response["HX-Push-Url"] = day.get_absolute_url()  # the address of a step takes only POST
    return response


def _forms(day: Reception, runs: bool, sees_matters: bool) -> Forms:
    """The forms of the steps that are open now."""
    begun = day.starts_at <= timezone.now()
    forms: Forms = {}
    if runs and day.status in TABLE.in_group("to_be_held") and not begun:
        forms["change"] = ChangeForm(day.station, initial=ChangeForm.initial_of(day), auto_id="change-%s")
        forms["cancel"] = CancelForm(initial={"version": day.version}, auto_id="cancel-%s")
    if runs and begun and day.status in TABLE.in_group("takes_place"):
        present = [row.deputy_id for row in day.attendances.all()] or [deputy.pk for deputy in day.deputies.all()]
        typed = {"version": day.version, "present": present, "summary": day.summary}
        typed |= {"visitors": day.visitors} if day.held else {}
        forms["record"] = RecordForm(day, initial=typed, auto_id="record-%s")
    if sees_matters and begun and day.status in TABLE.in_group("takes_place"):
        forms["matter"] = MatterForm(auto_id="matter-%s")
    return forms


def _matters(request: HttpRequest, day: Reception, refused: Forms) -> list[dict[str, Any]]:
    rows = []
    for matter in matters_visible_to(request.user).filter(reception=day):
        names = {"settle": SettleForm, "forward": ForwardForm}
        forms = {
            step: refused.get(f"{step}-{matter.pk}")
            or form(initial={"version": matter.version}, auto_id=f"{step}-{matter.pk}-%s")
            for step, form in names.items()
        }
        rows.append({"matter": matter, **forms})
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def announce(request: HttpRequest, code: str) -> HttpResponse:
    """Announce a reception day of a station."""
    station: Station = get_object_or_404(stations_visible_to(request.user).select_related("area"), code=code)
    if not may_run(request.user, station):
        raise Http404
    form = PlanForm(station, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            day = receptions.announce(request.user, station, form.plan())
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("接待日已公布，接待代表会收到通知。"))
            return redirect(day)
    return render_form(request, "stations/announce.html", {"form": form, "station": station})


@require_POST
@require_role()
def reception_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Change, cancel, sign in, record, or add a matter; a refusal shows the page with what was typed."""
    day = get_object_or_404(receptions_visible_to(request.user).select_related("station"), pk=pk)
    if step == "sign-in":
        receptions.sign_in(request.user, pk)
        messages.success(request, gettext("已签到。"))
        return redirect(day)
    form = _step_form(request, day, step)
    if not form.is_valid():
        return show(request, pk, {step: form})
    try:
        _take(request.user, day, step, form)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return show(request, pk, {step: form})
    messages.success(request, gettext("已登记。"))
    return redirect(day)


def _step_form(request: HttpRequest, day: Reception, step: str) -> RefusableForm:
    if step not in ("change", "cancel", "record", "matter"):
        raise Http404
    own = deputy_of(request.user)
    receives = step == "matter" and own is not None and day.deputies.filter(pk=own.pk).exists()
    if not receives and not may_run(request.user, day.station):
        raise Http404
    if step == "change":
        return ChangeForm(day.station, request.POST, auto_id="change-%s")
    if step == "record":
        return RecordForm(day, request.POST, auto_id="record-%s")
    return {"cancel": CancelForm, "matter": MatterForm}[step](request.POST, auto_id=f"{step}-%s")


def _take(user: Asker, day: Reception, step: str, form: RefusableForm) -> None:
    given = form.cleaned_data
    if isinstance(form, ChangeForm):
        receptions.change(user, day.pk, form.plan(), version=given["version"])
    elif step == "matter":
        matters.add_matter(user, day.pk, **given)
    elif step == "cancel":
        receptions.cancel(user, day.pk, **given)
    else:
        receptions.record(user, day.pk, **given)


@require_POST
@require_role()
def matter_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Forward or settle a matter."""
    matter: Matter = get_object_or_404(matters_visible_to(request.user).select_related("reception"), pk=pk)
    names: dict[str, type[RefusableForm]] = {"settle": SettleForm, "forward": ForwardForm}
    if step not in names:
        raise Http404
    form = names[step](request.POST, auto_id=f"{step}-{pk}-%s")
    key = f"{step}-{pk}"
    if not form.is_valid():
        return show(request, matter.reception_id, {key: form})
    try:
        (matters.settle if step == "settle" else matters.forward)(request.user, pk, **form.cleaned_data)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return show(request, matter.reception_id, {key: form})
    messages.success(request, gettext("事项已更新。"))
    return redirect(matter.reception)
