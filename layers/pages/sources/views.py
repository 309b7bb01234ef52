"""Pages of sources: the list and a new one, one source with its steps, and the hosts that may be read."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from geokit.refusal import Refusal
from layers.importing.permissions import jobs_visible_to
from layers.importing.states import State
from layers.pages.polling import fetch_panel
from layers.pages.sources.forms import HostForm, ScheduleForm, SecretForm, SourceForm
from layers.permissions import layers_managed_by, may_edit_layers, require_layer_editor, require_layer_keeper
from layers.sources import services
from layers.sources.models import LayerSource
from layers.sources.permissions import hosts_decided_by, hosts_for, sources_managed_by
from layers.storage.models import Layer
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of

PAGE = 50
type Step = Callable[[User, int, Mapping[str, Any]], None]


@require_http_methods(["GET", "HEAD", "POST"])
@require_layer_keeper
def index(request: HttpRequest) -> HttpResponse:
    """Sources of the layers that one keeps, those that fail first, and a form for another."""
    user = _user(request)
    vectors = layers_managed_by(user).filter(current_version__isnull=False, kind=Layer.Kind.VECTOR)
    form = SourceForm(list(vectors), posted(request), initial={"layer": request.GET.get("layer", "")})
    if form.is_bound and form.is_valid():
        try:
            return redirect(services.add_source(user, **form.cleaned_data))
        except Refusal as refusal:
            form.show(refusal)
    found = sources_managed_by(user).order_by("-is_active", "-failures", "title", "pk")
    context = {
        "form": form, "page": page_of(request, found, PAGE), "hosts": hosts_for(user), "decides": may_edit_layers(user),
    }  # fmt: skip
    return render_form(request, "layers/sources/index.html", context)


@require_safe
@require_layer_keeper
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: how its last reading went, what to choose, when it is read."""
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, found: LayerSource, **shown: Any) -> HttpResponse:
    job = jobs_visible_to(request.user).filter(pk=found.last_job_id or 0).first()  # others are told, not led there
    initial = {"schedule": found.schedule, "at_hour": found.at_hour, "applies_itself": found.applies_itself}
    context = {
        "source": found,
        "job": job,
        "waits": job is not None and job.state == State.PREVIEWED,
        "schedule_form": ScheduleForm(initial=initial),
        "secret_form": SecretForm(initial={"passed_as": found.passed_as}),
        "form": None,
    }
    forms = [form for form in shown.values() if form is not None]
    if not forms:
        return render(request, "layers/sources/source.html", context)
    return render_form(request, "layers/sources/source.html", context | shown | {"form": forms[0]}, *forms)


@require_safe
@require_layer_keeper
def source_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that polls; when the reading ends the whole panel is fetched again."""
    found = _found(request, pk)
    answer = render(request, "layers/sources/_progress.html", {"source": found})
    if not found.is_working:
        fetch_panel(answer, "layers:source", pk)
    return answer


@require_POST
@require_layer_keeper
def source_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Choose its layer, read it now, stop, change schedule or token, or end it."""
    found = _found(request, pk)
    if step in ("settings", "secret"):
        return _changed(request, found, step)
    if step not in STEPS:
        raise Http404
    try:
        STEPS[step](_user(request), pk, request.POST)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(found)


STEPS: dict[str, Step] = {
    "choose": lambda user, pk, given: services.choose(user, pk, given.get("name", "")),
    "fetch": lambda user, pk, given: services.ask_now(user, pk),
    "stop": lambda user, pk, given: services.stop(user, pk),
    "end": lambda user, pk, given: services.end_source(user, pk),
}


def _changed(request: HttpRequest, found: LayerSource, step: str) -> HttpResponse:
    form = ScheduleForm(request.POST) if step == "settings" else SecretForm(request.POST)
    if form.is_valid():
        change = services.change_settings if step == "settings" else services.change_secret
        try:
            change(_user(request), found.pk, **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect(found)
    return _page(request, found, **{"schedule_form" if step == "settings" else "secret_form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require_layer_editor
def hosts(request: HttpRequest) -> HttpResponse:
    """Hosts that sources may name, who put each there and who took it off; and a form for another."""
    form = HostForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            services.add_host(_user(request), **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已加入名单。"))
            return redirect("layers:source_hosts")
    listed = hosts_decided_by(request.user).order_by(F("ended_at").desc(nulls_first=True), "host", "pk")
    return render_form(request, "layers/sources/hosts.html", {"form": form, "page": page_of(request, listed, PAGE)})


@require_POST
@require_layer_editor
def end_host(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a host off the list."""
    get_object_or_404(hosts_decided_by(request.user), pk=pk)
    services.end_host(_user(request), pk)
    messages.success(request, _("已从名单里移除，不再读取这个主机。"))
    return redirect("layers:source_hosts")


def _found(request: HttpRequest, pk: int) -> LayerSource:
    return get_object_or_404(sources_managed_by(request.user), pk=pk)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the decorators have let her in
    return request.user
