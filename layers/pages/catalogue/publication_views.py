"""The page on which a layer becomes public: what will be seen, what must be said first, the confirmation."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from geokit.refusal import BadInput, MissingEvidence, StaleEdit
from layers.catalogue import thumbnails
from layers.catalogue.publication import REQUIRED, publish, withdraw
from layers.pages.catalogue.forms import PublishForm
from layers.permissions import all_columns, layers_managed_by, may_edit_layers, require_layer_keeper
from layers.storage.models import Layer
from layers.storage.rows import rows_of
from ui.forms.refusable import render_form

SAMPLES = 3


@require_layer_keeper
@require_http_methods(["GET", "HEAD", "POST"])
def publish_layer(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, confirm, publish."""
    layer = _published(request, slug)
    if request.method != "POST":
        return _page(request, layer, PublishForm(instance=layer))
    form = PublishForm(request.POST, instance=layer)
    if not form.is_valid():
        return _page(request, layer, form)
    given = form.cleaned_data
    layer = _published(request, slug)
    try:
        facts = {name: given[name] for name in REQUIRED}
        if not may_edit_layers(request.user):  # an officer gives her department's layer to nobody else
            facts["department"] = layer.department
        publish(layer, facts, given["public_fields"], given["confirmed"], given["revision"], request.user)
    except (MissingEvidence, BadInput, StaleEdit) as refusal:
        form.show(refusal)
        if isinstance(refusal, StaleEdit):
            form.renew(layer.revision)
        return _page(request, layer, form)
    layer.refresh_from_db()
    thumbnails.request_drawing(layer)
    messages.success(request, _("“%s”已公开。") % layer.title)
    return redirect("layers:detail", slug=layer.slug)


def _published(request: HttpRequest, slug: str) -> Layer:
    return get_object_or_404(
        layers_managed_by(request.user).select_related("department"), slug=slug, current_version__isnull=False
    )


def _page(request: HttpRequest, layer: Layer, form: PublishForm) -> HttpResponse:
    context = {"layer": layer, "form": form, "fields": _fields(layer, form), "facts": [form[name] for name in REQUIRED]}
    return render_form(request, "layers/catalogue/publish.html", context)


def _fields(layer: Layer, form: PublishForm) -> list[dict[str, Any]]:
    """Every field with some of its values, so that nobody opens a column of telephone numbers unseen."""
    version = layer.current_version
    if version is None or layer.kind == Layer.Kind.RASTER:
        return []
    columns = all_columns(version)
    rows = list(rows_of(version).order_by("pk").values(*columns)[:SAMPLES])
    chosen = form["public_fields"].value() or []
    return [
        {
            "column": column,
            "checked": column.name in chosen,
            "samples": [str(row[name])[:40] for row in rows if row[name] not in (None, "")],
        }
        for name, column in columns.items()
    ]


@require_POST
@require_layer_keeper
def withdraw_layer(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a layer inside again."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    revision = request.POST.get("revision", "")
    try:
        withdraw(layer, int(revision) if revision.isdecimal() else 0, request.user)
    except StaleEdit as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("“%s”现在只有登录的人能看。") % layer.title)
    return redirect("layers:detail", slug=layer.slug)
