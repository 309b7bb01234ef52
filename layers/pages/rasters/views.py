"""Pages and pictures of rasters: style editor, picture of the whole, the file itself, an import's preview."""

import base64
import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Asker
from accounts.tokens.by_token import by_token
from geokit.refusal import StaleEdit
from layers.catalogue.access import published_or_404
from layers.importing.permissions import jobs_visible_to
from layers.pages.rasters.forms import RasterStyleForm
from layers.permissions import may_edit_layer, may_edit_layers, require_layer_editor, require_layer_keeper
from layers.rasters import quicklook, raster_style
from layers.rasters.files import path_of
from layers.storage.models import Layer, LayerVersion
from layers.styling import services as style_services
from tiles.http.conditional import matches
from tiles.http.views import shareable
from tiles.raster.render import digest
from ui import json_bodies
from ui.forms.refusable import render_form

PICTURE_PIXELS = 640


def raster_or_404(user: Asker, slug: str) -> tuple[Layer, LayerVersion]:
    """A published raster that `user` may see."""
    layer, version = published_or_404(user, slug)
    if layer.kind != Layer.Kind.RASTER:
        raise Http404
    return layer, version


def _audience(layer: Layer) -> str:
    return "public" if layer.visibility == Layer.Visibility.PUBLIC else "signed-in"


@require_layer_editor
@require_http_methods(["GET", "HEAD", "POST"])
def style_editor(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose how a raster is drawn. POST with `do=preview` shows the draft, `do=save` saves it."""
    layer, version = raster_or_404(request.user, slug)
    if not may_edit_layer(request.user, layer):
        raise Http404
    style = raster_style.merged(layer.style, version, layer.title)
    if request.method != "POST":
        return _page(request, layer, version, RasterStyleForm(version.raster, style, layer.revision), style)
    form = RasterStyleForm(version.raster, style, layer.revision, request.POST)
    if not form.is_valid():
        return _page(request, layer, version, form, style)
    chosen = form.style()
    if request.POST.get("do") != "save":
        return _page(request, layer, version, form, raster_style.merged(chosen, version, layer.title))
    try:
        _save(layer, chosen, form.cleaned_data["revision"], request.user)
    except StaleEdit as refusal:
        form.show(refusal)
        return _page(request, layer, version, form, style)
    messages.success(request, _("样式已保存，地图上已经是新样式。"))
    return redirect("layers:detail", slug=layer.slug)


@transaction.atomic
def _save(layer: Layer, style: dict[str, Any], revision: int, user: Asker) -> None:
    """Keep the style as one of the layer's. Raises StaleEdit when somebody was quicker."""
    style_services.write(style_services.locked(layer, revision), style, user, "layer.style")


def _page(
    request: HttpRequest, layer: Layer, version: LayerVersion, form: RasterStyleForm, style: dict[str, Any]
) -> HttpResponse:
    context = {
        "layer": layer,
        "version": version,
        "form": form,
        "style": style,
        "legend": raster_style.legend(style, version.raster),
        "picture": _picture_address(layer, style),
        "bbox": ",".join(f"{value:.6f}" for value in version.bbox) if version.bbox else "",
    }
    return render_form(request, "layers/rasters/style.html", context)


def _picture_address(layer: Layer, style: dict[str, Any]) -> str:
    address = reverse("layers:raster_picture", args=[layer.slug])
    return f"{address}?{urlencode({'style': json.dumps(style, separators=(',', ':'))})}"


@require_safe
def whole_picture(request: HttpRequest, slug: str) -> HttpResponse:
    """A picture of the whole raster; editors may ask for it in another style (`?style=` as JSON)."""
    layer, version = raster_or_404(request.user, slug)
    style = raster_style.merged(_draft(request) or layer.style, version, layer.title)
    drawn = raster_style.tile_style(style, version.raster)
    tag = f'"{digest(str(version.pk), repr(drawn), str(PICTURE_PIXELS))}"'
    if matches(request, tag):
        response = HttpResponse(status=304)
    elif version.bbox is None:
        raise Http404
    else:
        content = quicklook.whole(path_of(version), drawn, version.bbox, PICTURE_PIXELS)
        response = HttpResponse(content, content_type="image/png")
    response["ETag"] = tag
    return shareable(response, _audience(layer))


def _draft(request: HttpRequest) -> dict[str, Any] | None:
    """The style in the address, for who may change styles; checked by the form that made it."""
    if not may_edit_layers(request.user):
        return None
    try:
        given = json_bodies.loads(request.GET.get("style", "null"))
    except ValueError:
        return None
    return given if isinstance(given, dict) and raster_style.is_sound(given) else None


@by_token()
@require_safe
def raster_file(request: HttpRequest, slug: str) -> FileResponse:
    """Download the stored COG. What may be seen may be downloaded."""
    layer, version = raster_or_404(request.user, slug)
    response = FileResponse(path_of(version).open("rb"), as_attachment=True, filename=f"{layer.slug}.tif")
    response["Content-Type"] = "image/tiff; application=geotiff; profile=cloud-optimized"
    shareable(response, _audience(layer))  # type: ignore[arg-type]
    return response


@require_safe
@require_layer_keeper
def import_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a raster that has been uploaded but not yet loaded."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    content = job.preview.get("picture") or ""
    if not content:
        raise Http404
    response = HttpResponse(base64.b64decode(content), content_type="image/png")
    response["Cache-Control"] = "private, no-cache"
    return response
