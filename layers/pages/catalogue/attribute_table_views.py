"""Pages of a layer's rows: the attribute table, the same as CSV, one feature."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.tokens.by_token import by_token
from geokit.refusal import BadInput
from layers.catalogue.access import features_or_404
from layers.catalogue.attribute_table import PLACES, Question, count_of, neighbours, question_of, window_of
from layers.catalogue.feature_history import history_of
from layers.catalogue.geometry_measures import facts_of
from layers.permissions import columns_visible_to, keeps_layer
from layers.storage.columns import Column
from layers.storage.queries import ORDERED_KINDS
from layers.storage.rows import rows_of
from ui.downloads import csv_stream

DOWNLOAD_ROWS = 200_000
"""More than this takes longer than a request should; the command line has no such limit."""


def without(query: QueryDict, *names: str) -> str:
    """The address's query without some parameters, and without those that say nothing."""
    kept = query.copy()
    for name, values in query.lists():
        if name in names or not any(values):
            del kept[name]
    return kept.urlencode()


@require_safe
def layer_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The attribute table: filtered by column, sorted, with the columns that were chosen, page by page."""
    layer, version = features_or_404(request.user, slug)
    question = question_of(version, columns_visible_to(request.user, layer), request.GET)
    window = window_of(question, request.GET)
    count, exact = count_of(question)
    context = {
        "layer": layer,
        "question": question,
        "window": window,
        "count": count,
        "exact": exact,
        "rows": [(row.pk, _cells(row, question)) for row in window.rows],
        "heads": [_head(request, question, column) for column in question.shown.values()],
        "filters": [_filter(request.GET, question, column) for column in question.columns.values()],
        "active": [_chip(request.GET, question, key, value) for key, value in question.conditions.items()],
        "query": without(request.GET, *PLACES),
        "texts": json.dumps([column.column for column in question.columns.values() if column.kind == "text"]),
        "first": window.rows[0].pk if window.rows else "",
        "last": window.rows[-1].pk if window.rows else "",
        "can_download": count <= DOWNLOAD_ROWS,
        "most": DOWNLOAD_ROWS,
    }
    return render(request, "layers/catalogue/table.html", context)


def _cells(row: Any, question: Question) -> list[tuple[Any, bool]]:
    """The row's values, each with whether it is a number."""
    return [(getattr(row, name), column.is_number) for name, column in question.shown.items()]


def _head(request: HttpRequest, question: Question, column: Column) -> dict[str, Any]:
    """A column's head: sorting by it again turns the order round."""
    query, name = QueryDict(without(request.GET, *PLACES), mutable=True), column.column
    query["ordering"] = f"-{name}" if question.ordering == name else name
    state = {name: "ascending", f"-{name}": "descending"}.get(question.ordering, "none")
    return {"name": column.label, "query": query.urlencode(), "sort": state, "is_number": column.is_number}


def _filter(query: QueryDict, question: Question, column: Column) -> dict[str, Any]:
    """The boxes with which one column is filtered, as they stand."""
    values = {lookup: query.get(f"{column.column}__{lookup}", "") for lookup in ("contains", "min", "max", "null")}
    return {
        "column": column,
        "shown": column in question.shown.values(),
        "is_text": column.kind == "text",
        "is_range": column.kind in ORDERED_KINDS,
        "input": {"date": "date", "datetime": "datetime-local"}.get(column.kind, "number"),
        "exact": query.get(column.column, ""),
        **values,
    }


def _chip(query: QueryDict, question: Question, key: str, value: str) -> dict[str, str]:
    """One condition in words, with the address that does without it."""
    name, _mark, lookup = key.rpartition("__") if "__" in key else (key, "", "")
    labels = {column.column: column.label for column in question.columns.values()}
    label = labels.get(name, name)
    words = {
        "contains": _("%(field)s 含“%(value)s”"),
        "min": _("%(field)s ≥ %(value)s"),
        "max": _("%(field)s ≤ %(value)s"),
        "null": _("%(field)s 为空") if value in ("1", "true") else _("%(field)s 不为空"),
    }.get(lookup, _("%(field)s = %(value)s"))
    return {"words": words % {"field": label, "value": value}, "query": without(query, key, *PLACES)}


@by_token()
@require_safe
def table_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Exactly the rows and columns that the table shows, in its order, as CSV for spreadsheets."""
    layer, version = features_or_404(request.user, slug)
    question = question_of(version, columns_visible_to(request.user, layer), request.GET)
    count, _exact = count_of(question)
    if count > DOWNLOAD_ROWS:
        raise BadInput(
            _("有 %(rows)d 行，超过网页下载的 %(most)d 行。请再加条件，或由管理员用命令行 export_layer 导出。")
            % {"rows": count, "most": DOWNLOAD_ROWS},
            code="export-too-large",
        )
    return csv_stream(_csv_rows(question), f"{layer.slug}-table.csv")


def _csv_rows(question: Question) -> Iterator[Sequence[Any]]:
    yield ["id", *(column.label for column in question.shown.values())]
    yield from question.in_order.values_list("pk", *question.shown).iterator(chunk_size=2_000)


@require_safe
def feature_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One feature: what is known of it, how large it is, its neighbours in the table, its versions."""
    layer, version = features_or_404(request.user, slug)
    if pk >= 2**63:
        raise Http404
    row = get_object_or_404(rows_of(version), pk=pk)
    columns = columns_visible_to(request.user, layer)
    question = question_of(version, columns, request.GET)
    before, after = neighbours(question, pk)
    context = {
        "layer": layer,
        "row": row,
        "values": [(column, getattr(row, name)) for name, column in columns.items()],
        "facts": facts_of(version, pk, layer.geometry_type),
        "before": before,
        "after": after,
        "query": without(request.GET),
        "history": history_of(layer, pk) if keeps_layer(request.user, layer) else [],
        "point": row.geom.point_on_surface,
        "bbox": ",".join(f"{value:.6f}" for value in row.geom.extent),
    }
    return render(request, "layers/catalogue/feature.html", context)
