"""Results of an inspection: issues row by row and the difference, each as a page, CSV and on the map."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from geokit.geometry.geojson import collection
from layers.importing.inspection import difference_queries, row_issues, work_tables
from layers.importing.inspection.version_difference import STATUSES
from layers.importing.models import ImportJob
from layers.importing.permissions import jobs_visible_to
from layers.pages.importing.crs_candidates import candidate_boxes, place_far_off
from layers.permissions import require_layer_keeper
from layers.storage.models import LayerVersion
from ui.downloads import csv_stream
from ui.pagination import page_of

GEOJSON = "application/geo+json"


def _job(request: HttpRequest, pk: int, kind: str) -> ImportJob:
    """The import, whose results of that kind are still kept; else 404."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    if not work_tables.exists(work_tables.table(kind, pk)):
        raise Http404
    return job


def _compared(job: ImportJob) -> LayerVersion:
    """The version that the import was compared with."""
    shown = job.preview.get("difference")
    if not shown:
        raise Http404
    kept = LayerVersion.objects.filter(removed__isnull=True)
    return get_object_or_404(kept, layer__slug=job.preview["slug"], number=shown["against"])


@require_safe
@require_layer_keeper
def preview_shapes(request: HttpRequest, pk: int) -> JsonResponse:
    """The first features of an upload with dots for where all rows lie, and the boxes of CRSs to choose from."""
    job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    read = (job.preview.get("geojson") or collection([]))["features"]
    drawn = [*candidate_boxes(job.preview), *read, *place_far_off(job.preview)]
    return JsonResponse(collection(drawn), content_type=GEOJSON)


@require_safe
@require_layer_keeper
def row_issue_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Rejected and repaired rows, by code, each with a way to its place on the map."""
    job = _job(request, pk, "findings")
    counts = row_issues.counts(pk)
    code = request.GET.get("code", "")
    total = sum(item["count"] for item in counts if code in ("", item["code"]))
    page = page_of(request, range(total), row_issues.PAGE)
    context = {
        "job": job,
        "counts": counts,
        "total": sum(item["count"] for item in counts),
        "code": code,
        "page": page,
        "rows": row_issues.page(pk, code, page.start_index() - 1 if total else 0),
    }
    return render(request, "layers/importing/row_issues.html", context)


@require_safe
@require_layer_keeper
def row_issue_shapes(request: HttpRequest, pk: int) -> JsonResponse:
    """The geometries of one page of issues: as sent, and as repaired."""
    _job(request, pk, "findings")
    start = (_number(request.GET.get("page")) - 1) * row_issues.PAGE
    features: list[dict[str, Any]] = []
    for row, code, rejected, before, after in row_issues.shapes(pk, request.GET.get("code", ""), start):
        kind = "rejected" if rejected else "before"
        features += _features(row, {"row": row, "code": code}, ((kind, before), ("repaired", after)))
    return JsonResponse(collection(features), content_type=GEOJSON)


@require_safe
@require_layer_keeper
def row_issue_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Every row issue of an inspection (UTF-8 with a byte-order mark, for spreadsheets)."""
    _job(request, pk, "findings")
    rows = (
        (row, field, code, reason, "rejected" if rejected else "loaded")
        for _, row, field, code, reason, rejected in row_issues.all_issues(pk)
    )
    return csv_stream(chain([("row", "field", "code", "reason", "outcome")], rows), f"import-{pk}-rows.csv")


@require_safe
@require_layer_keeper
def change_list(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would change, row by row."""
    job = _job(request, pk, "difference")
    base = _compared(job)
    status, field = request.GET.get("status", ""), request.GET.get("field", "")
    status = status if status in STATUSES else ""
    total = difference_queries.count(pk, status, field)
    page = page_of(request, range(total), difference_queries.PAGE)
    context = {
        "job": job,
        "difference": job.preview["difference"],
        "status": status,
        "field": field,
        "total": total,
        "page": page,
        "rows": difference_queries.page(pk, base, status, field, page.start_index() - 1 if total else 0),
    }
    return render(request, "layers/importing/changes.html", context)


@require_safe
@require_layer_keeper
def change_shapes(request: HttpRequest, pk: int) -> JsonResponse:
    """The geometries of one page of the difference: before and after."""
    base = _compared(_job(request, pk, "difference"))
    start = (_number(request.GET.get("page")) - 1) * difference_queries.PAGE
    status, field = request.GET.get("status", ""), request.GET.get("field", "")
    features: list[dict[str, Any]] = []
    for position, status_of, key, before, after in difference_queries.shapes(pk, base, status, field, start):
        kinds = {"new": (None, "new"), "missing": ("missing", None), "changed": ("before", "changed")}[status_of]
        properties = {"key": key or "", "status": status_of}
        features += _features(position, properties, ((kinds[0], before), (kinds[1], after)))
    return JsonResponse(collection(features), content_type=GEOJSON)


@require_safe
@require_layer_keeper
def change_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The whole difference, one line for each changed field and one for each row that is new, missing or moved."""
    _compared(_job(request, pk, "difference"))
    head = ("status", "key", "row", "id", "field", "before", "after", "moved_m", "moved_by")
    return csv_stream(chain([head], _change_lines(pk)), f"import-{pk}-difference.csv")


def _change_lines(pk: int) -> Iterator[tuple[Any, ...]]:
    for _, status, key, row, number, changed, moved_m, moved_by in difference_queries.all_rows(pk):
        for field, (before, after) in changed.items():
            yield (status, key, row, number, field, before, after, None, None)
        if moved_m is not None or not changed:
            metres = None if moved_m is None else round(moved_m, 3)
            yield (status, key, row, number, "geom" if metres is not None else None, None, None, metres, moved_by)


def _number(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 9 else 1


def _features(
    number: int, properties: dict[str, Any], shapes: Iterable[tuple[str | None, str | None]]
) -> Iterator[dict[str, Any]]:
    """One feature for each geometry that is there; `kind` says how it is drawn."""
    for kind, text in shapes:
        if kind and text:
            yield {
                "type": "Feature",
                "id": number,
                "geometry": json.loads(text),
                "properties": properties | {"kind": kind},
            }
