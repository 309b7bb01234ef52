"""Pages of loaded layers: the catalogue, one layer with its table and versions, one feature."""

import csv
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import record
from accounts.permissions import require_role
from geokit.refusal import BadInput, Refusal
from layers import queries
from layers.columns import Column, columns_from
from layers.export import SUFFIXES, export_version
from layers.forms import LayerForm
from layers.models import ImportJob, Layer, LayerVersion
from layers.permissions import EDITORS, layers_managed_by, layers_visible_to, may_edit_layers
from layers.rows import rows_of
from layers.versions import undo_layer

PAGE_SIZE = 50
CATALOGUE_PAGE = 30
EXPORT_ROWS = 200_000
"""More than this takes longer than a request should; the command line has no such limit."""
FORMATS = {"gpkg": "GeoPackage", "zip": "Shapefile", "geojson": "GeoJSON", "fgb": "FlatGeobuf", "csv": "CSV"}
EXPORT_CRS = ("", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857")


@require_safe
def layer_list(request: HttpRequest) -> HttpResponse:
    """The catalogue of layers that this person may see."""
    may_edit = may_edit_layers(request.user)
    layers = layers_managed_by(request.user) if may_edit else layers_visible_to(request.user)
    words = request.GET.get("q", "").strip()[:60]
    if words:
        layers = layers.filter(title__icontains=words)
    page = Paginator(layers.select_related("department"), CATALOGUE_PAGE).get_page(request.GET.get("page"))
    jobs = ImportJob.objects.select_related("created_by")[:5] if may_edit else []
    context = {"page": page, "words": words, "may_edit": may_edit, "jobs": jobs}
    return render(request, "layers/list.html", context)


def _layer_or_404(request: HttpRequest, slug: str) -> Layer:
    may_edit = may_edit_layers(request.user)
    layers = layers_managed_by(request.user) if may_edit else layers_visible_to(request.user)
    return get_object_or_404(layers.select_related("department"), slug=slug)


def _published_or_404(request: HttpRequest, slug: str) -> tuple[Layer, LayerVersion]:
    layer = _layer_or_404(request, slug)
    if layer.current_version is None:
        raise Http404
    return layer, layer.current_version


@require_safe
def layer_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One layer: what it is, its first rows, its versions, its exports."""
    layer = _layer_or_404(request, slug)
    return render(request, "layers/detail.html", _detail_context(request, layer, LayerForm(instance=layer)))


def _detail_context(request: HttpRequest, layer: Layer, form: LayerForm) -> dict[str, Any]:
    version = layer.current_version
    columns = columns_from(version.fields) if version else []
    return {
        "layer": layer,
        "version": version,
        "columns": columns,
        "formats": FORMATS,
        "export_crs": EXPORT_CRS,
        "may_edit": may_edit_layers(request.user),
        "versions": layer.versions.select_related("created_by"),
        "form": form,
        "bbox": ",".join(f"{value:.6f}" for value in version.bbox) if version and version.bbox else "",
    }


@require_safe
def layer_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The attribute table: paged, sorted by a column, searched in the text columns."""
    layer, version = _published_or_404(request, slug)
    ordering, words = request.GET.get("ordering", ""), request.GET.get("q", "").strip()[:60]
    rows = queries.search(rows_of(version).defer("geom"), version, words)
    page = Paginator(queries.ordered(rows, version, ordering), PAGE_SIZE).get_page(request.GET.get("page"))
    columns = columns_from(version.fields)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "layer": layer,
        "page": page,
        "query": query.urlencode(),
        "words": words,
        "heads": [_head(request, column, ordering) for column in columns],
        "rows": [(row.pk, _cells(row, columns)) for row in page],
    }
    return render(request, "layers/table.html", context)


def _cells(row: Any, columns: list[Column]) -> list[tuple[Any, bool]]:
    """The row's values, each with whether it is a number."""
    return [(getattr(row, f"f{index}"), column.is_number) for index, column in enumerate(columns)]


def _head(request: HttpRequest, column: Column, ordering: str) -> dict[str, Any]:
    """A column's head: sorting by it again turns the order round."""
    query = request.GET.copy()
    query.pop("page", None)
    name = column.column
    query["ordering"] = f"-{name}" if ordering == name else name
    state = {name: "ascending", f"-{name}": "descending"}.get(ordering, "none")
    return {"name": column.name, "query": query.urlencode(), "sort": state, "is_number": column.is_number}


@require_safe
def feature_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One feature's attributes; the map flies to it."""
    layer, version = _published_or_404(request, slug)
    row = get_object_or_404(rows_of(version), pk=pk)
    columns = columns_from(version.fields)
    point = row.geom.point_on_surface
    context = {
        "layer": layer,
        "row": row,
        "values": [(column.name, getattr(row, f"f{index}")) for index, column in enumerate(columns)],
        "point": point,
        "bbox": ",".join(f"{value:.6f}" for value in row.geom.extent),
    }
    return render(request, "layers/feature.html", context)


@require_POST
@require_role(*EDITORS)
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an earlier version; nothing is deleted, so this too can be undone."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    wanted = request.POST.get("to_version", "")
    if wanted and not wanted.isdigit():
        raise BadInput(_("版本号“%s”不是数字。") % wanted[:20], code="version-missing")
    try:
        version = undo_layer(layer.slug, int(wanted) if wanted else None, request.user)
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
@require_role(*EDITORS)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said about a layer, or who may see it."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    form = LayerForm(request.POST, instance=layer)
    if not form.is_valid():
        fresh = get_object_or_404(layers_managed_by(request.user), slug=slug)
        return render(request, "layers/detail.html", _detail_context(request, fresh, form), status=400)
    form.save()
    record(request.user, "layer.edit", layer, changed=form.changed_data)
    messages.success(request, _("已保存。"))
    return redirect("layers:detail", slug=layer.slug)


@require_safe
@require_role(*EDITORS)
def row_report(request: HttpRequest, slug: str, number: int) -> StreamingHttpResponse:
    """Every finding of one version's import as CSV (UTF-8 with a byte-order mark, for spreadsheets)."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    version = get_object_or_404(layer.versions, number=number)
    answer = StreamingHttpResponse(_report_lines(version), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{layer.slug}-v{number}-rows.csv"'
    return answer


def _report_lines(version: LayerVersion) -> Any:
    yield "\ufeff" + _csv_line(["row", "field", "code", "reason", "outcome"])
    for item in version.rejections.iterator(chunk_size=2_000):
        outcome = "rejected" if item.rejected else "loaded"
        yield _csv_line([item.row, item.field, item.code, item.reason, outcome])


def _csv_line(values: list[Any]) -> str:
    out = StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


@require_safe
def export(request: HttpRequest, slug: str, extension: str) -> FileResponse:
    """Download a layer. What may be seen may be downloaded."""
    layer, version = _published_or_404(request, slug)
    if f".{extension}" not in SUFFIXES:
        raise Http404
    if version.rows > EXPORT_ROWS:
        raise BadInput(
            _("图层有 %(rows)d 行，超过网页下载的 %(most)d 行。请由管理员用命令行 export_layer 导出。")
            % {"rows": version.rows, "most": EXPORT_ROWS},
            code="export-too-large",
        )
    with TemporaryDirectory(prefix="download-") as folder:
        path = Path(folder) / f"out.{extension}"
        export_version(version, path, request.GET.get("crs", ""))
        # The open file outlives its name; nothing is left on disk once it has been sent.
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{layer.slug}.{extension}")
