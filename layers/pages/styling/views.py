"""The style editor: choose, see it on the map at once, save, go back to an earlier style."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geokit.refusal import BadInput, Refusal, StaleEdit
from layers.catalogue.access import features_or_404, known_layers, published_or_404
from layers.pages.styling.editor import editor_context
from layers.pages.styling.form_to_style import draft_of
from layers.pages.styling.forms import StyleForm
from layers.permissions import columns_visible_to, keeps_layer, layers_managed_by, require_layer_keeper
from layers.rasters.raster_layers import raster_legend
from layers.storage.models import Layer
from layers.styling.legend import legend_of
from layers.styling.services import copied_style, restore_style, save_style
from layers.styling.style import Style, style_of
from ui.refusals import status_of, status_of_form

KEPT_STYLES = 10


@require_layer_keeper
@require_http_methods(["GET", "HEAD", "POST"])
def style_editor(request: HttpRequest, slug: str) -> HttpResponse:
    """The editor. POST with `do=preview` shows the draft, `do=copy` starts from another layer, `do=save` saves."""
    layer, _version = features_or_404(request.user, slug)
    if not keeps_layer(request.user, layer):
        raise Http404
    if request.method != "POST":
        return _page(request, layer, _saved(request, layer))
    if request.POST.get("do") == "copy":
        return _copy(request, layer)
    return _from_form(request, layer)


def _saved(request: HttpRequest, layer: Layer) -> Style:
    return style_of(layer, columns_visible_to(request.user, layer).values())


def _from_form(request: HttpRequest, layer: Layer) -> HttpResponse:
    columns = columns_visible_to(request.user, layer)
    before = _saved(request, layer)
    form = StyleForm(columns, before, request.POST)
    if not form.is_valid():
        return _page(request, layer, before, form)
    try:
        style = draft_of(layer, columns, form, before)
        if request.POST.get("do") != "save":
            return _page(request, layer, style, form)
        save_style(layer, style, form.cleaned_data["revision"], request.user)
    except StaleEdit as refusal:
        fresh = get_object_or_404(layers_managed_by(request.user), pk=layer.pk)
        return _page(request, fresh, style, form, refusal)
    except BadInput as refusal:
        return _page(request, layer, before, form, refusal)
    messages.success(request, _("样式已保存，地图上已经是新样式。"))
    return redirect("layers:style", slug=layer.slug)


def _copy(request: HttpRequest, layer: Layer) -> HttpResponse:
    """Another layer's style as a draft; nothing is saved yet."""
    other = known_layers(request.user).filter(slug=request.POST.get("other", ""), kind=Layer.Kind.VECTOR).first()
    try:
        if other is None:
            raise BadInput(_("请选择一个图层。"), code="style-unfit")
        style = copied_style(other, layer, request.user)
    except BadInput as refusal:
        return _page(request, layer, _saved(request, layer), refusal=refusal)
    return _page(request, layer, style)


def _page(
    request: HttpRequest,
    layer: Layer,
    style: Style,
    posted: StyleForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show the editor for a draft. A refused or invalid form keeps what was typed."""
    columns = columns_visible_to(request.user, layer)
    stale = isinstance(refusal, StaleEdit)
    kept = posted is not None and posted.is_valid() and not stale
    # A preview goes on comparing with what the person opened; only after a warning does saving replace the newer one.
    revision = posted.cleaned_data["revision"] if posted is not None and kept else layer.revision
    context: dict[str, Any] = editor_context(layer, columns, style, posted, revision)
    context |= {
        "refusal": refusal,
        "posted": posted,
        "current_legend": legend_of(layer, columns) if stale else [],
        "is_draft": style != _saved(request, layer),
        "history": layer.styles.select_related("created_by")[:KEPT_STYLES],
        "others": known_layers(request.user).filter(kind=Layer.Kind.VECTOR).exclude(pk=layer.pk).order_by("title"),
    }
    status = status_of(refusal) if refusal else status_of_form(*([posted] if posted is not None else []))
    return render(request, "layers/styling/editor.html", context, status=status)


@require_POST
@require_layer_keeper
def style_restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an earlier style again."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug, kind=Layer.Kind.VECTOR)
    number, revision = request.POST.get("number", ""), request.POST.get("revision", "")
    try:
        if not (number.isdecimal() and revision.isdecimal()):
            raise BadInput(_("没有这个样式。"), code="style-missing")
        restore_style(layer, int(number), int(revision), request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已换回这个样式。"))
    return redirect("layers:style", slug=layer.slug)


@require_safe
def legend(request: HttpRequest, slug: str) -> HttpResponse:
    """The legend alone, as the map shows it."""
    layer, version = published_or_404(request.user, slug)
    if layer.kind == Layer.Kind.RASTER:
        response = render(request, "layers/rasters/_legend.html", {"legend": raster_legend(layer, version)})
        response["Cache-Control"] = "private, no-cache"
        return response
    found = legend_of(layer, columns_visible_to(request.user, layer))
    response = render(request, "layers/styling/_legend.html", {"entries": found, "layer": layer})
    response["Cache-Control"] = "private, no-cache"
    return response
