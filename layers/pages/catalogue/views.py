"""Pages of loaded layers: the catalogue, one layer with its versions, its downloads."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from geokit.refusal import BadInput, Refusal, StaleEdit
from layers.catalogue import thumbnails
from layers.catalogue.access import known_layers, layer_or_404, published_or_404
from layers.catalogue.deliveries import delivery_of
from layers.catalogue.publication import describe, missing_facts, unpublished_fields
from layers.catalogue.queries import CatalogueForm, cards, find_layers
from layers.importing.permissions import jobs_visible_to
from layers.pages.catalogue.forms import LayerForm
from layers.pages.catalogue.uses import uses_of
from layers.pages.exporting.choices import export_context
from layers.permissions import (
    columns_visible_to,
    keeps_layer,
    keeps_layers,
    layers_managed_by,
    may_edit_layers,
    reads_all_columns,
    require_layer_keeper,
)
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import is_drawn_later
from layers.storage.versions import undo_layer
from layers.styling.legend import legend_of
from ui.downloads import csv_stream
from ui.forms.refusable import render_form, whole_number
from ui.pagination import page_of

CATALOGUE_PAGE = 24
PICTURE_SECONDS = 24 * 3600
"""How long a browser keeps a picture for the person it was sent to."""
SHARED_SECONDS = 60
"""How long caches between here and everybody keep a public one: not much longer than it is public."""


@require_safe
def layer_list(request: HttpRequest) -> HttpResponse:
    """The catalogue of layers that this person may see."""
    may_edit = keeps_layers(request.user)
    form = CatalogueForm(request.user, request.GET)
    found = find_layers(request.user, form)
    page = page_of(request, found, CATALOGUE_PAGE)
    context = {
        "form": form,
        "page": page,
        "cards": cards(request.user, list(page.object_list)),
        "is_narrowed": any(form.cleaned_data.get(name) for name in form.fields if name != "sort"),
        "any_layers": page.paginator.count > 0 or known_layers(request.user).exists(),
        "may_edit": may_edit,
        "jobs": jobs_visible_to(request.user)[:5] if may_edit else [],
    }
    return render(request, "layers/catalogue/list.html", context)


@require_safe
def thumbnail(request: HttpRequest, slug: str) -> FileResponse:
    """The layer's small picture, for whoever may see the layer; 404 until the worker has drawn it."""
    layer, _version = published_or_404(request.user, slug)
    signed_in = reads_all_columns(request.user, layer)
    path = thumbnails.find_or_request(layer, signed_in)
    if path is None:
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/webp")
    is_public = layer.visibility == Layer.Visibility.PUBLIC and path == thumbnails.path_of(layer, signed_in=False)
    if not is_public:
        patch_vary_headers(response, ["Cookie"])
    # The address names the picture's content, so a browser need not ask again.
    kept = f"public, max-age={SHARED_SECONDS}" if is_public else f"private, max-age={PICTURE_SECONDS}"
    response["Cache-Control"] = kept
    return response


@require_safe
def layer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One layer: what it is, its legend, its fields, its versions, its downloads."""
    layer = layer_or_404(request.user, slug)
    return render(request, "layers/catalogue/detail.html", _detail_context(request, layer, _form(request, layer)))


def _form(request: HttpRequest, layer: Layer, data: Any = None) -> LayerForm:
    """What is said of a layer; whose it is, editors alone say."""
    form = LayerForm(data, instance=layer)
    if not may_edit_layers(request.user):
        del form.fields["department"]
    return form


def _detail_context(request: HttpRequest, layer: Layer, form: LayerForm) -> dict[str, Any]:
    version = layer.current_version
    columns = columns_visible_to(request.user, layer)
    may_edit = keeps_layer(request.user, layer)
    return {
        "layer": layer,
        "uses": uses_of(layer) if may_edit else [],
        "sources": layer.sources.filter(is_active=True) if may_edit else [],
        "delivery": delivery_of(layer),
        "version": version,
        "low_zooms_wait": version is not None and is_drawn_later(version),
        "columns": list(columns.values()),
        "legend": legend_of(layer, columns),
        **export_context(version),
        "may_edit": may_edit,
        "versions": layer.versions.select_related("created_by"),
        "form": form,
        "missing": missing_facts(layer) if may_edit and layer.visibility == Layer.Visibility.PUBLIC else [],
        "unpublished": unpublished_fields(layer) if may_edit else [],
        "bbox": ",".join(f"{value:.6f}" for value in version.bbox) if version and version.bbox else "",
    }


@require_POST
@require_layer_keeper
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an earlier version; nothing is deleted, so this too can be undone."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    wanted = request.POST.get("to_version", "")
    number = whole_number(wanted)
    if wanted and not number:
        raise BadInput(_("版本号“%s”不是数字。") % wanted[:20], code="version-missing")
    try:
        version = undo_layer(layer.slug, number or None, request.user, whole_number(request.POST.get("shown")))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        done = (
            _("现在显示版本 %(number)s。") % {"number": version.number}
            if version
            else _("图层已从地图上撤下，各版本都保留着。")
        )
        messages.success(request, done)
    return redirect("layers:detail", slug=layer.slug)


@require_POST
@require_layer_keeper
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said about a layer, or who may see it."""
    form = _form(request, get_object_or_404(layers_managed_by(request.user), slug=slug), request.POST)
    is_right = form.is_valid()  # and its own layer is no longer as it is stored
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    if is_right:
        said = dict(form.cleaned_data)
        revision = said.pop("revision")
        try:
            describe(layer, said, revision, request.user)
        except StaleEdit as refusal:
            form.show(refusal)
            form.renew(layer.revision)
        else:
            messages.success(request, _("已保存。"))
            return redirect("layers:detail", slug=layer.slug)
    return render_form(request, "layers/catalogue/detail.html", _detail_context(request, layer, form))


@require_safe
@require_layer_keeper
def row_report(request: HttpRequest, slug: str, number: int) -> StreamingHttpResponse:
    """Every row issue of one version's import as CSV (UTF-8 with a byte-order mark, for spreadsheets)."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    version = get_object_or_404(layer.versions, number=number)
    return csv_stream(_report_rows(version), f"{layer.slug}-v{number}-rows.csv")


def _report_rows(version: LayerVersion) -> Iterator[list[Any]]:
    yield ["row", "field", "code", "reason", "outcome"]
    for item in version.rejections.iterator(chunk_size=2_000):
        yield [item.row, item.field, item.code, item.reason, "rejected" if item.rejected else "loaded"]
