"""The table of a run's result, built like a version's table, so that the same queries read both."""

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2 import sql
from psycopg2.errors import QueryCanceled

from geokit.refusal import BadInput, Busy, FieldError
from layers.overlay.models import OverlayRun
from layers.storage.columns import Column
from layers.storage.tables import OWN_COLUMNS, SCHEMA


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A run's answer, in what `layers.storage.rows.row_model` asks of a version."""

    pk: str
    table_name: str
    fields: list[dict[str, Any]]


def table_of(run: OverlayRun) -> ResultTable:
    return ResultTable(f"_overlay{run.pk}", run.table_name, run.fields)


def run_sql(statement: sql.Composable | str, params: Sequence[Any] | None = None) -> list[tuple]:
    """Execute and return the rows, if there are any."""
    with connection.cursor() as cursor:
        text = statement if isinstance(statement, str) else statement.as_string(cursor.connection)
        cursor.execute(text, params)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def one_transaction() -> Any:
    """One transaction whose statements each have a time limit. Raises Busy `overlay-timeout`."""
    limit = int(getattr(settings, "OVERLAY_STATEMENT_TIMEOUT_MS", 300_000))
    try:
        with transaction.atomic():
            run_sql("SET LOCAL statement_timeout = %s", [limit])
            # Distances on the ellipsoid cost a thousand times what the planner thinks; parallel workers start too late.
            run_sql("SET LOCAL max_parallel_workers_per_gather = 0")
            yield
    except (OperationalError, QueryCanceled) as error:
        if isinstance(error, QueryCanceled) or isinstance(error.__cause__, QueryCanceled):
            message = _("计算超过了 %d 秒的上限。请缩小范围、减少分区或只选部分分区后再试。") % (limit // 1000)
            raise Busy(message, code="overlay-timeout") from error
        raise


def extra_columns(existing: Sequence[Column], wanted: Iterable[tuple[str, str, str]]) -> list[Column]:
    """Further columns (title, column, kind), renamed where the layer has one of that name already."""
    names = {column.name.lower() for column in existing}
    columns = {column.column.lower() for column in existing} | set(OWN_COLUMNS)
    return [
        Column(_free(title, names, "{} ({})"), _free(column, columns, "{}_{}"), kind) for title, column, kind in wanted
    ]


def _free(name: str, taken: set[str], numbered: str) -> str:
    """The name, or with the first number from 2 on by which none of `taken` (in small letters) is called."""
    more = (numbered.format(name, number) for number in count(2))
    return next(each for each in chain([name], more) if each.lower() not in taken)


def quoted_names(columns: Iterable[Column], prefix: str = "") -> sql.Composed:
    """Column names for SQL, each after `prefix.` when there is one."""
    return sql.SQL(", ").join(
        sql.Identifier(prefix, column.column) if prefix else sql.Identifier(column.column) for column in columns
    )


def qualified_name(table: str) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table)


def drop(table: str) -> None:
    """Remove an answer's table, if it is there."""
    if table:
        run_sql(sql.SQL("DROP TABLE IF EXISTS {}").format(qualified_name(table)))


def create_zone_table(query: tuple[str, tuple[Any, ...]], distance_m: float, *, polygons: bool) -> int:
    """Put the zones into a temporary table, numbered, with the box to look in. Returns how many there are.

    Raises BadInput `zones-empty`.

    With `polygons` a zone's extra metres become part of its shape (a buffer on the ellipsoid); otherwise they
    are added to `distance_m`, which is exact. The box is widened by the distance in degrees, two per cent more than
    enough at its latitude.
    """
    text, params = query
    shape = (
        "CASE WHEN extra_m > 0 THEN ST_Multi(ST_Buffer(geom::geography, extra_m, 16)::geometry)"
        " WHEN ST_IsValid(geom) THEN geom ELSE ST_MakeValid(geom) END"
        if polygons
        else "geom"
    )
    extra = "0.0" if polygons else "extra_m"
    run_sql("DROP TABLE IF EXISTS overlay_zones, overlay_hits, overlay_pieces")
    # What is put in are the ORM's own SQL and the constants above; values stay parameters.
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE overlay_zones ON COMMIT DROP AS"
        " SELECT row_number() OVER (ORDER BY zone_id) AS n, zone_id, name,"
        " ({shape})::geometry(Geometry, 4326) AS geom, {extra}::float8 AS extra_m, {extra} + %s::float8 AS reach_m,"
        " geom::geometry(Geometry, 4326) AS box FROM ({given}) AS given (zone_id, name, geom, extra_m)"
    )
    run_sql(statement.format(shape=sql.SQL(shape), extra=sql.SQL(extra), given=sql.SQL(text)), [distance_m, *params])
    run_sql(
        "UPDATE overlay_zones SET box = ST_Expand(ST_Envelope(geom),"
        " 1.02 * reach_m / (111320 * cos(radians(least(89, greatest(abs(ST_YMin(geom)), abs(ST_YMax(geom))))))),"
        " 1.02 * reach_m / 110574)"
    )
    run_sql("ANALYZE overlay_zones")
    count = run_sql("SELECT count(*) FROM overlay_zones")[0][0]
    if count == 0:
        message = _("没有符合条件的分区。请核对分区的名称，或换一种分区。")
        raise BadInput(message, code="zones-empty", errors=[FieldError("only", "zones-empty", message)])
    return count
