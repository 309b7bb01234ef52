"""Pages of activities: list, one activity with its attendance, signing in by code."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.areas.locator import locator_for
from accounts.calendars.views import calendar_answer
from accounts.models import Role
from accounts.permissions import Asker, require_role
from accounts.rate_limits import Limit, spend
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from stations.activities import services as activities
from stations.activities.calendar import entry_of
from stations.activities.models import Activity, SignUp
from stations.activities.permissions import activities_run_by, activities_visible_to, may_organise
from stations.activities.sign_ups import taken_places
from stations.activities.table import TABLE
from stations.activities.workflow import SIGN_IN_BEFORE
from stations.pages.forms.activities import (
    ActivityForm,
    AddPresenceForm,
    CancelActivityForm,
    ChangeActivityForm,
    LeaveForm,
    RemovePresenceForm,
    SignInForm,
)
from stations.pages.forms.base import posted
from stations.register.models import Deputy
from stations.register.permissions import deputy_of
from ui.forms.refusable import RefusableForm, render_form
from ui.pagination import page_of
from ui.qr import qr_svg
from ui.refusals import status_of_form

PAGE_SIZE = 20
GUESSES = Limit("activity-code", 20, timedelta(hours=1))


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def activity_list(request: HttpRequest) -> HttpResponse:
    """Activities to come, the next one first; with `past=1` those that are over."""
    past = request.GET.get("past") == "1"
    visible = activities_visible_to(request.user).select_related("area")
    now = timezone.now()
    rows = visible.filter(ends_at__lt=now) if past else visible.filter(ends_at__gte=now).order_by("starts_at", "pk")
    context = {
        "page": page_of(request, rows, PAGE_SIZE),
        "past": past,
        "organises": may_organise(request.user),
        "signs_in": rules.value("duty.sign_in_codes") and deputy_of(request.user) is not None,
        "uses_codes": rules.value("duty.sign_in_codes"),
    }
    return render(request, "stations/activities.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def new(request: HttpRequest) -> HttpResponse:
    """Announce an activity."""
    form = ActivityForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            activity = activities.announce(request.user, form.plan(), form.invited(), group=form.cleaned_data["group"])
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("活动已通知 %d 位代表。") % activity.invited.count())
            return redirect(activity)
    return render_form(request, "stations/activity_new.html", {"form": form})


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity."""
    return _show(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.DEPUTY)
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by activity code; the QR code shown on the spot opens this page with the code filled in."""
    form = SignInForm(posted(request), initial={"code": request.GET.get("code", "")[:20]})
    if request.method == "POST" and form.is_valid():
        spend(GUESSES, f"user:{request.user.pk}")
        try:
            found = activities.sign_in(request.user, form.cleaned_data["code"])
        except (BadInput, NotPermitted) as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("已签到：%s。已计入履职记录。") % found.title)
            return redirect(found)
    context = {"form": form, "uses_codes": rules.value("duty.sign_in_codes")}
    return render_form(request, "stations/sign_in.html", context)


@require_safe
@require_role(Role.STAFF)
@never_cache
def activity_qr(request: HttpRequest, pk: int) -> HttpResponse:
    """The activity's QR code, which opens the sign-in page."""
    if not rules.value("duty.sign_in_codes"):
        raise Http404
    found = get_object_or_404(activities_run_by(request.user), pk=pk)
    address = request.build_absolute_uri(f"{reverse('stations:sign_in')}?code={found.code}")
    return HttpResponse(qr_svg(address), content_type="image/svg+xml")


@require_POST
@require_role(Role.DEPUTY)
def reply(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """An invited deputy signs up or takes leave; a refusal shows the page with what was typed."""
    found = get_object_or_404(activities_visible_to(request.user), pk=pk)
    if step not in ("sign-up", "leave"):
        raise Http404
    form = LeaveForm(request.POST, auto_id="leave-%s") if step == "leave" else RefusableForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, {step: form})
    try:
        if step == "leave":
            activities.take_leave(request.user, pk, **form.cleaned_data)
            messages.success(request, gettext("已请假。"))
        else:
            row = activities.sign_up(request.user, pk)
            messages.success(request, str(ANSWERS[SignUp.State(row.state)]))
    except BadInput as refusal:
        form.show(refusal)
        return _show(request, pk, {step: form})
    return redirect(found)


ANSWERS = {
    SignUp.State.TAKEN: gettext_lazy("已报名。"),
    SignUp.State.WAITING: gettext_lazy("名额已满，您已排队候补；有人请假时按先后转为报名，并通知您。"),
}


@require_safe
@require_role(Role.DEPUTY, Role.STAFF)
def activity_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The activity, to be put into a calendar."""
    found = get_object_or_404(activities_visible_to(request.user).select_related("area"), pk=pk)
    return calendar_answer(request, [entry_of(found)], found.title, f"activity-{pk}.ics")


@require_POST
@require_role(Role.STAFF)
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Change, cancel, add to or remove from the attendance list; a refusal shows the page with what was typed."""
    found = get_object_or_404(activities_run_by(request.user), pk=pk)
    if step not in STEPS:
        raise Http404
    form = STEPS[step][0](request.user, found, request.POST, auto_id=f"{step}-%s")
    if not form.is_valid():
        return _show(request, pk, {step: form})
    try:
        _take(request.user, pk, step, form)
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return _show(request, pk, {step: form})
    messages.success(request, gettext("已登记。"))
    return redirect(found)


STEPS: dict[str, tuple[Callable[..., RefusableForm], Callable[..., object]]] = {
    "change": (lambda user, found, *args, **kwargs: ChangeActivityForm(user, *args, **kwargs), activities.change),
    "cancel": (lambda user, found, *args, **kwargs: CancelActivityForm(*args, **kwargs), activities.cancel),
    "register": (AddPresenceForm, activities.add_presence),
    "strike": (RemovePresenceForm, activities.remove_presence),
}
"""By the name in the address: the form, made of user and activity, and the service that it feeds."""


def _take(user: Asker, pk: int, step: str, form: RefusableForm) -> None:
    given = form.cleaned_data
    if isinstance(form, ChangeActivityForm):
        activities.change(user, pk, form.plan(), version=given["version"])
    else:
        STEPS[step][1](user, pk, **given)


def _show(request: HttpRequest, pk: int, refused: dict[str, RefusableForm] | None = None) -> HttpResponse:
    visible = activities_visible_to(request.user).select_related("area", "created_by")
    found: Activity = get_object_or_404(visible, pk=pk)
    runs = activities_run_by(request.user).filter(pk=pk).exists()
    own = deputy_of(request.user)
    presences = found.presences.select_related("deputy__station")
    context = {
        "activity": found,
        "locator": locator_for(found.geom) if found.geom else None,
        "runs": runs,
        "presences": presences if runs else [],
        "invited_count": found.invited.count(),
        "present_count": presences.count(),
        "answer": found.sign_ups.filter(deputy=own).first() if own else None,
        "answers": found.sign_ups.select_related("deputy__station") if runs else [],
        "taken": taken_places(found),
        "leave_form": _leave_form(found, own, refused or {}),
        "mine": presences.filter(deputy=own).first() if own else None,
        "signs_in": rules.value("duty.sign_in_codes") and own is not None and _is_open(found),
        "uses_codes": rules.value("duty.sign_in_codes"),
        "forms": _forms(request.user, found) | (refused or {}) if runs else {},
        "refused_form": next(iter((refused or {}).values()), None),
    }
    status = status_of_form(*(refused or {}).values())
    response = render(request, "stations/activity.html", context, status=status)
    if refused:
        response["HX-Push-Url"] = found.get_absolute_url()  # the address of a step takes only POST
    return response


def _leave_form(found: Activity, own: Deputy | None, refused: dict[str, RefusableForm]) -> RefusableForm | None:
    """For an invited deputy, until it begins."""
    is_ahead = found.status in TABLE.in_group("takes_place") and timezone.now() < found.starts_at
    if own is None or not is_ahead or not found.invited.filter(pk=own.pk).exists():
        return None
    return refused.get("leave", LeaveForm(auto_id="leave-%s"))


def _is_open(found: Activity) -> bool:
    begun = found.starts_at - SIGN_IN_BEFORE <= timezone.now() <= found.ends_at
    return begun and found.status in TABLE.in_group("takes_place")


def _forms(user: Asker, found: Activity) -> dict[str, RefusableForm]:
    """The forms of the steps that are open now."""
    if found.status not in TABLE.in_group("takes_place"):
        return {}
    now = timezone.now()
    forms: dict[str, RefusableForm] = {}
    if now < found.starts_at:
        initial = ChangeActivityForm.initial_of(found)
        forms["change"] = ChangeActivityForm(user, initial=initial, auto_id="change-%s")
    if not found.presences.exists():
        forms["cancel"] = CancelActivityForm(initial={"version": found.version}, auto_id="cancel-%s")
    else:
        forms["strike"] = RemovePresenceForm(user, found, auto_id="strike-%s")
    if now >= found.starts_at - SIGN_IN_BEFORE:
        forms["register"] = AddPresenceForm(user, found, auto_id="register-%s")
    return forms
