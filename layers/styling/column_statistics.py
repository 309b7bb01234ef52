"""Statistics of a version's columns: range, histogram, categories. A version never changes, so they are cached."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Case, Count, F, FloatField, IntegerField, Max, Min, QuerySet, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import LessThan

from layers.storage.columns import Column
from layers.storage.models import LayerVersion
from layers.storage.rows import FIELD_TYPES, rows_of
from layers.storage.value_bins import bin_range
from layers.styling.class_breaks import EQUAL, inner_breaks
from layers.styling.style import CATEGORIZED, SINGLE, Style
from ui.plain_values import kept_in_cache

KEPT_SECONDS = 24 * 3600
SAMPLE = 100_000
"""More numbers than this are classed by an even sample of as many; lowest and highest are always exact."""
BINS = 30
FINITE = (-1.7e308, 1.7e308)  # NaN sorts above all numbers in PostgreSQL, so this leaves it out


@kept_in_cache
@dataclass(frozen=True)
class NumberSummary:
    """A number column's range, and the values that classes are cut from."""

    lowest: float
    highest: float
    present: int
    missing: int
    values: np.ndarray
    sampled: bool


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram: from `low` up to `high`, and how many rows (of the sample) lie there."""

    low: float
    high: float
    count: int


def _cached(version: LayerVersion, question: Sequence[Any], find: Callable[[], Any]) -> Any:
    """What `find` answers, remembered for this version (by its state, so never stale)."""
    asked = hashlib.sha256(json.dumps(question, ensure_ascii=False).encode()).hexdigest()[:24]
    key = f"layers:stats:{version.state}:{version.table_name}:{asked}"
    answer = cache.get(key)
    if answer is None:
        answer = find()
        cache.set(key, answer, KEPT_SECONDS)
    return answer


def _with_number(version: LayerVersion, attribute: str) -> QuerySet:
    """The rows with a number that can be counted with; whole numbers are always finite."""
    rows = rows_of(version)
    if isinstance(rows.model._meta.get_field(attribute), FloatField):
        return rows.filter(**{f"{attribute}__gte": FINITE[0], f"{attribute}__lte": FINITE[1]})
    return rows.filter(**{f"{attribute}__isnull": False})


def number_summary(version: LayerVersion, attribute: str) -> NumberSummary | None:
    """Of a number column; None when it holds no number at all."""

    def find() -> NumberSummary | str:
        rows = _with_number(version, attribute)
        found = rows.aggregate(low=Min(attribute), high=Max(attribute), count=Count("pk"))
        if not found["count"]:
            return "none"
        values = rows.annotate(number=Cast(attribute, FloatField())).order_by()
        sampled = found["count"] > SAMPLE
        if sampled:
            step = -(-found["count"] // SAMPLE)
            values = values.annotate(rest=F("pk") % step).filter(rest=0)
        numbers = np.fromiter(values.values_list("number", flat=True).iterator(chunk_size=20_000), dtype="float64")
        if len(numbers) == 0:  # ids that leave gaps can miss every step
            numbers = np.array([found["low"], found["high"]], dtype="float64")
        return NumberSummary(
            float(found["low"]), float(found["high"]), found["count"], version.rows - found["count"], numbers, sampled
        )

    answer = _cached(version, ["numbers", attribute], find)
    return None if answer == "none" else answer


def breaks_of(summary: NumberSummary, method: str, count: int) -> list[float]:
    """The bounds between at most `count` classes; equal steps go by the exact range."""
    ends = np.array([summary.lowest, summary.highest])
    return inner_breaks(ends if method == EQUAL else np.concatenate([summary.values, ends]), method, count)


def histogram(summary: NumberSummary) -> list[Bin]:
    """Bars of equal width over the whole range."""
    reach = bin_range(summary.lowest, summary.highest, BINS)
    if reach != (summary.lowest, summary.highest):
        return [Bin(summary.lowest, summary.highest, len(summary.values))]
    counts, edges = np.histogram(summary.values, bins=BINS, range=reach)
    return [Bin(float(edges[i]), float(edges[i + 1]), int(count)) for i, count in enumerate(counts)]


def categories(version: LayerVersion, attribute: str, most: int) -> tuple[list[tuple[Any, int]], int]:
    """The `most` commonest values with how often they occur, and how many different values there are in all."""

    def find() -> tuple[list[tuple[Any, int]], int]:
        present = rows_of(version).filter(**{f"{attribute}__isnull": False}).order_by()
        grouped = present.values_list(attribute).annotate(count=Count("pk"), first=Min("pk"))
        inner, params = grouped.query.sql_with_params()
        # One pass for both answers; of equally common values the one that comes first, which needs no collation.
        sql = f"""
            SELECT value, rows, count(*) OVER () FROM ({inner}) AS found (value, rows, first)
            ORDER BY rows DESC, first LIMIT %s
        """  # noqa: S608 - the ORM's own statement, its values are parameters
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, max(most, 1)])
            rows = cursor.fetchall()
        return [(value, count) for value, count, _all in rows[:most]], rows[0][2] if rows else 0

    return _cached(version, ["categories", attribute, most], find)


def as_tile_text(value: Any) -> str:
    """A value as `to-string` shows it to a map client, which is what a category is matched by."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def class_counts(version: LayerVersion, style: Style, attribute: str, column: Column | None) -> list[int]:
    """How many rows each class holds, in the order of `maplibre.all_classes`."""
    if style.kind == SINGLE or column is None:
        return [version.rows]
    question = ["counts", style.kind, attribute, [item.value for item in style.classes], style.inner]
    return _cached(version, question, lambda: _count(version, style, attribute, column))


def _count(version: LayerVersion, style: Style, attribute: str, column: Column) -> list[int]:
    if style.kind == CATEGORIZED:
        return _count_categories(version, style, attribute, column)
    number = Case(*_grades(style, attribute), default=Value(-1), output_field=IntegerField())
    rows = _with_number(version, attribute).annotate(n=number).order_by()
    found = dict(rows.values_list("n").annotate(count=Count("pk")))
    counts = [found.get(index, 0) for index in range(len(style.classes))]
    return [*counts, version.rows - sum(counts)]


def _grades(style: Style, attribute: str) -> list[When]:
    """Each class up to its upper bound; the last takes all numbers above."""
    number = Cast(attribute, FloatField())
    cases = [When(LessThan(number, bound), then=Value(index)) for index, bound in enumerate(style.inner)]
    return [*cases, When(LessThan(number, FINITE[1]), then=Value(len(style.classes) - 1))] if style.classes else []


def _count_categories(version: LayerVersion, style: Style, attribute: str, column: Column) -> list[int]:
    values = [from_tile_text(item.value or "", column) for item in style.classes]
    listed = rows_of(version).filter(**{f"{attribute}__in": [value for value in values if value is not None]})
    found = dict(listed.order_by().values_list(attribute).annotate(count=Count("pk")))
    missing = rows_of(version).filter(**{f"{attribute}__isnull": True}).count()
    counts = [found.get(value, 0) for value in values]
    return [*counts, version.rows - sum(counts) - missing, missing]


def from_tile_text(text: str, column: Column) -> Any:
    """The column's own value for a category's text; None where no such value can be."""
    try:
        return FIELD_TYPES[column.kind]().to_python(text)
    except ValidationError:
        return None
