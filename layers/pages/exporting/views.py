"""Downloads: small ones at once, large ones prepared in the background under the same address."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import ANONYMOUS, role_of
from accounts.rate_limits import address_of, digest_of
from accounts.tokens.by_token import by_token
from geokit.refusal import BadInput
from layers.catalogue.access import features_or_404
from layers.exporting.jobs import queue, write
from layers.exporting.orders import ExportOrder, order_for
from layers.exporting.row_batches import UTF8
from layers.exporting.services import MANY_SUFFIXES, SUFFIXES, export_crs
from layers.exporting.shapefile_writer import encoding_named
from layers.exporting.waiting import FAILED, OF_THE_PUBLIC, OF_THE_SIGNED_IN, ExportAsker, state_of
from layers.storage.models import Layer, LayerVersion

AT_ONCE_ROWS = 50_000
"""More than this, and whole layers of tiles, are for the worker."""
OWN = ("crs", "encoding", "filter", "format", "page", "ordering", "columns", "after", "before", "last")
LOOK_AGAIN_S = 3


@by_token()
@require_safe
def export_form(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The form's address: the format is one of its fields."""
    return export(request, slug, request.GET.get("format", ""))


@by_token()
@require_safe
def export(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Download a layer, or the rows that the address's conditions leave. What may be seen may be downloaded."""
    layer, version = features_or_404(request.user, slug)
    suffix = f".{extension}"
    if suffix not in (*SUFFIXES, *MANY_SUFFIXES):
        raise Http404
    order = _order_of(request, layer, suffix)
    rows = order.rows(layer)
    name = f"{layer.slug}.{extension}"
    if order.path.exists():
        return FileResponse(order.path.open("rb"), as_attachment=True, filename=name)
    if suffix in MANY_SUFFIXES or _takes_long(version, rows):
        return _in_background(request, layer, order)
    with TemporaryDirectory(prefix="download-") as folder:
        path = Path(folder) / f"out{suffix}"
        write(order, layer, path)
        # The open file outlives its name; nothing is left on disk once it has been sent.
        return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _takes_long(version: LayerVersion, rows: QuerySet[Any] | None) -> bool:
    """Tell whether more rows are wanted than a request should write; no more are counted than that."""
    if rows is None or version.rows <= AT_ONCE_ROWS:
        return version.rows > AT_ONCE_ROWS
    return rows.order_by()[: AT_ONCE_ROWS + 1].count() > AT_ONCE_ROWS


def _order_of(request: HttpRequest, layer: Layer, suffix: str) -> ExportOrder:
    """Read the address. Raises BadInput for what cannot be, before anything is queued."""
    asked = request.GET
    crs, encoding, text = asked.get("crs", ""), asked.get("encoding", ""), asked.get("filter", "").strip()
    conditions = _conditions(asked)
    if suffix in MANY_SUFFIXES:
        if crs or text or conditions:
            raise BadInput(_("PMTiles 是整层的瓦片，不能指定坐标系、编码或过滤条件。"), code="format-crs")
        return order_for(layer, suffix, request.user)
    export_crs(suffix, crs)
    encoding = encoding_named(encoding) if suffix == ".zip" else UTF8
    return order_for(layer, suffix, request.user, crs=crs, encoding=encoding, filter=text, conditions=conditions)


def _conditions(asked: QueryDict) -> str:
    kept = asked.copy()
    for name, values in asked.lists():
        if name in OWN or not any(values):
            del kept[name]
    return kept.urlencode()


def _asker_of(request: HttpRequest) -> ExportAsker:
    if role_of(request.user) == ANONYMOUS:
        return ExportAsker(OF_THE_PUBLIC, digest_of(f"export {address_of(request)}"))
    return ExportAsker(OF_THE_SIGNED_IN, digest_of(f"export by {request.user.pk}"))


def _in_background(request: HttpRequest, layer: Layer, order: ExportOrder) -> HttpResponseBase:
    """Queue it, unless it is; say how it stands. 202 until the file is there, 422 when it could not be made."""
    state = state_of(order)
    if not state:
        queue(order, _asker_of(request))
        if order.path.exists():
            return FileResponse(order.path.open("rb"), as_attachment=True, filename=f"{layer.slug}{order.suffix}")
        state = state_of(order)
    has_failed = state.get("state") == FAILED
    context = {"layer": layer, "state": state, "has_failed": has_failed, "look_again": LOOK_AGAIN_S}
    response = render(request, "layers/exporting/wait.html", context, status=422 if has_failed else 202)
    if not has_failed:
        response["Refresh"] = str(LOOK_AGAIN_S)
        response["Retry-After"] = str(LOOK_AGAIN_S)
    return response
