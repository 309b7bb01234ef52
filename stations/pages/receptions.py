"""Pages of reception days: the calendar of them, one day, and the steps of those who run it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Asker, require_role
from geokit.refusal import BadInput, StaleEdit
from stations.pages.busy import busy_deputies
from stations.pages.forms.base import posted
from stations.pages.forms.receptions import (
    BookingForm,
    CancelForm,
    ChangeForm,
    ForwardForm,
    LeaveForm,
    MatterForm,
    PlanForm,
    RecordForm,
    SettleForm,
    SubstituteForm,
)
from stations.receptions import matters, series
from stations.receptions import services as receptions
from stations.receptions.filters import ReceptionFilter
from stations.receptions.models import Matter, Reception
from stations.receptions.permissions import matters_visible_to, receptions_visible_to
from stations.receptions.phase import Phase, phase_of
from stations.receptions.queries import reception_days, seats_taken
from stations.receptions.recurrence import rule_in_words
from stations.receptions.table import TABLE
from stations.register.models import Deputy, Station
from stations.register.permissions import deputy_of, may_run, stations_run_by, stations_visible_to
from stations.statistics.queries import sums_of
from ui.forms.refusable import RefusableForm, render_form, whole_number
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
    days = reception_days(request.user).select_related("series").prefetch_related("departments")
    day = get_object_or_404(days, pk=pk)
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
        "forms": _forms(day, runs, sees_matters, own) | (refused or {}),
        "refused_form": next(iter((refused or {}).values()), None),
        "matters": _matters(request, day, refused or {}) if sees_matters else [],
        "bookings": day.bookings.filter(cancelled_at=None) if runs else [],
        "events": day.events.select_related("actor") if runs else [],
        "signs_in": own is not None and phase_of(day, taken) in (Phase.OPEN, Phase.ENDED, Phase.SOON),
        "has_signed_in": own is not None and day.attendances.filter(deputy=own).exists(),
        "leaves": _leaves(day, runs, own, refused or {}),
        "rule": rule_in_words(day.series.rule) if day.series else "",
        "present": day.attendances.select_related("deputy") if day.held else [],
        "booking_form": (refused or {}).get("book", BookingForm()),
    }
    status = status_of_form(*(refused or {}).values())
    response = render(request, "stations/reception.html", context, status=status)
    if refused:
        response["HX-Push-Url"] = day.get_absolute_url()  # the address of a step takes only POST
    return response


def _forms(day: Reception, runs: bool, sees_matters: bool, own: Deputy | None) -> Forms:
    """The forms of the steps that are open now."""
    begun = day.starts_at <= timezone.now()
    forms: Forms = {}
    if runs and day.status in TABLE.in_group("to_be_held") and not begun:
        kept, group = {"version": day.version}, {"in_series": day.series_id is not None}
        forms["change"] = ChangeForm(day.station, initial=ChangeForm.initial_of(day), auto_id="change-%s", **group)
        forms["cancel"] = CancelForm(initial=kept, auto_id="cancel-%s", **group)
    if sees_matters and day.status in TABLE.in_group("to_be_held") and not begun and day.deputies.all():
        forms["leave"] = LeaveForm(day, own, runs, initial={"version": day.version}, auto_id="leave-%s")
    if runs and begun and day.status in TABLE.in_group("takes_place"):
        present = [row.deputy_id for row in day.attendances.all()] or [deputy.pk for deputy in day.deputies.all()]
        typed = {"version": day.version, "present": present, "summary": day.summary}
        typed |= {"visitors": day.visitors} if day.held else {}
        forms["record"] = RecordForm(day, initial=typed, auto_id="record-%s")
    if sees_matters and begun and day.status in TABLE.in_group("takes_place"):
        forms["matter"] = MatterForm(auto_id="matter-%s")
    return forms


def _leaves(day: Reception, runs: bool, own: Deputy | None, refused: Forms) -> list[dict[str, Any]]:
    """Who took leave and who comes instead, for who runs the station and for herself."""
    if not runs and own is None:
        return []
    rows, is_open = [], day.status in TABLE.in_group("to_be_held") and day.starts_at > timezone.now()
    for leave in day.leaves.select_related("deputy", "substitute"):
        if not runs and own is not None and leave.deputy_id != own.pk:
            continue
        asks = runs and is_open and leave.substitute_id is None
        form = SubstituteForm(day, own, initial={"leave": leave.pk}, auto_id=f"substitute-{leave.pk}-%s")
        rows.append({"leave": leave, "form": refused.get(f"substitute-{leave.pk}", form) if asks else None})
    return rows


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
    busy = _busy(form) if request.method == "POST" and form.is_valid() else []
    if busy and request.POST.get("busy_known") != (key := _busy_key(form, busy)):
        context = {"form": form, "station": station, "busy": busy, "busy_key": key}
        return render(request, "stations/announce.html", context)
    if request.method == "POST" and form.is_valid():
        try:
            day = receptions.announce(request.user, station, form.plan())
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("接待日已公布，接待代表会收到通知。"))
            return redirect(day)
    return render_form(request, "stations/announce.html", {"form": form, "station": station})


def _busy(form: PlanForm) -> list[str]:
    """Who of those that are planned has something else then."""
    plan = form.plan()
    if plan.ends_at <= plan.starts_at:
        return []  # refused with its reason
    span = (plan.starts_at, plan.ends_at)
    return busy_deputies(list(plan.deputies), [span]).get(span, [])


def _busy_key(form: PlanForm, busy: list[str]) -> str:
    """Say which time and whom a warning was about: with another time or other names it is asked anew."""
    plan = form.plan()
    return "|".join([plan.starts_at.isoformat(), plan.ends_at.isoformat(), *busy])


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
    key = f"{step}-{whole_number(request.POST.get('leave'))}" if step == "substitute" else step
    if not form.is_valid():
        return show(request, pk, {key: form})
    try:
        _take(request.user, day, step, form)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return show(request, pk, {key: form})
    messages.success(request, gettext("已登记。"))
    return redirect(day)


def _step_form(request: HttpRequest, day: Reception, step: str) -> RefusableForm:
    own, runs = deputy_of(request.user), may_run(request.user, day.station)
    receives = step in ("matter", "leave") and own is not None and day.deputies.filter(pk=own.pk).exists()
    if step not in STEP_FORMS or not (receives or runs):
        raise Http404
    return STEP_FORMS[step](day, own, runs, request.POST, auto_id=f"{step}-%s")


STEP_FORMS: dict[str, Callable[..., RefusableForm]] = {
    "change": lambda day, own, runs, *args, **kwargs: ChangeForm(
        day.station, *args, in_series=day.series_id is not None, **kwargs
    ),
    "cancel": lambda day, own, runs, *args, **kwargs: CancelForm(*args, in_series=day.series_id is not None, **kwargs),
    "record": lambda day, own, runs, *args, **kwargs: RecordForm(day, *args, **kwargs),
    "matter": lambda day, own, runs, *args, **kwargs: MatterForm(*args, **kwargs),
    "leave": LeaveForm,
    "substitute": lambda day, own, runs, *args, **kwargs: SubstituteForm(day, own, *args, **kwargs),
}
"""By the name in the address: the form, made of the day, the asker's own deputy, and whether she runs the station."""


def _take(user: Asker, day: Reception, step: str, form: RefusableForm) -> None:
    given = dict(form.cleaned_data)
    onwards = given.pop("following", False)
    if isinstance(form, ChangeForm):
        (series.change_following if onwards else receptions.change)(user, day.pk, form.plan(), version=given["version"])
    elif step == "cancel" and onwards:
        series.cancel_following(user, day.pk, **given)
    else:
        SERVICES[step](user, day.pk, **given)


SERVICES: dict[str, Callable[..., object]] = {
    "cancel": receptions.cancel,
    "matter": matters.add_matter,
    "record": receptions.record,
    "leave": receptions.take_leave,
    "substitute": receptions.substitute,
}


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
