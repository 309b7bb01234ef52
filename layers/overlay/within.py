"""Which features lie in a zone or within so many metres of it."""

from typing import Any

from django.utils.translation import gettext as _
from psycopg2 import sql

from accounts.permissions import Asker
from layers.overlay.parameters import Question
from layers.overlay.result_table import create_zone_table, extra_columns, qualified_name, quoted_names, run_sql
from layers.overlay.run_progress import Steps
from layers.storage import tables
from layers.storage.columns import Column, columns_from


def columns(question: Question) -> list[Column]:
    """The layer's own columns, then what was found."""
    own = columns_from(question.version.fields)
    found = [
        (_("最近的分区"), "zone", "text"),
        (_("距离（米）"), "distance_m", "double"),
        (_("命中分区数"), "zone_count", "integer"),
    ]
    return [*own, *extra_columns(own, found)]


def answer(question: Question, user: Asker, table: str, steps: Steps) -> dict[str, Any]:
    """Fill `table` with the features that lie within reach; tells how it was measured."""
    distance = question.parameters.distance_m
    query = question.zones.query(user, question.parameters.only)
    count = create_zone_table(query, distance, polygons=False)
    run_sql(
        "CREATE TEMPORARY TABLE overlay_hits (id bigint, zone_id bigint, zone text, distance_m float8) ON COMMIT DROP"
    )
    features = qualified_name(question.version.table_name)
    for first, last in steps.over(count):
        run_sql(_hits(features), [first, last])
    steps.report("writing", count, count)
    _write(question, table, features)
    zones = run_sql("SELECT count(DISTINCT zone_id) FROM overlay_hits")[0][0]
    total = run_sql(sql.SQL("SELECT count(*) FROM {}").format(features))[0][0]
    method = (
        _("按 WGS 84 椭球面上的距离（geography）计算，边界上的算在内。")
        if distance or run_sql("SELECT 1 FROM overlay_zones WHERE extra_m > 0 LIMIT 1")
        else _("按图形相交判断，边界上的算在内。")
    )
    return {"method": method, "zones": count, "zones_hit": zones, "features": total}


def _hits(features: sql.Identifier) -> sql.Composed:
    """Zone by zone, so that the features' spatial index does the work."""
    return sql.SQL(
        "INSERT INTO overlay_hits SELECT f.id, z.zone_id, z.name,"
        " CASE WHEN z.reach_m = 0 THEN 0"
        " ELSE greatest(0, ST_Distance(f.geom::geography, z.geom::geography) - z.extra_m) END"
        " FROM overlay_zones z JOIN {features} f ON f.geom && z.box"
        " AND CASE WHEN z.reach_m = 0 THEN ST_Intersects(f.geom, z.geom)"
        " ELSE ST_DWithin(f.geom::geography, z.geom::geography, z.reach_m) END"
        " WHERE z.n BETWEEN %s AND %s"
    ).format(features=features)


def _write(question: Question, table: str, features: sql.Identifier) -> None:
    own, everything = columns_from(question.version.fields), columns(question)
    tables.build(table, everything, question.layer.geometry_type)
    target = sql.SQL(
        "INSERT INTO {target} (id, source_row, geom, {names})"
        " SELECT f.id, f.source_row, f.geom, {own} h.zone, h.distance_m, h.zones FROM ("
        "SELECT DISTINCT ON (id) id, zone, distance_m, count(*) OVER (PARTITION BY id) AS zones FROM overlay_hits"
        " ORDER BY id, distance_m, zone_id) h JOIN {features} f USING (id) ORDER BY f.geom"
    )
    parts = {"own": quoted_names(own, "f") + sql.SQL(",") if own else sql.SQL("")}
    run_sql(target.format(target=qualified_name(table), names=quoted_names(everything), features=features, **parts))
