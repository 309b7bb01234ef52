"""How many features, what length and what area, per zone; what crosses a border is cut or given to one side."""

from typing import Any

from django.utils.translation import gettext as _
from psycopg2 import sql

from accounts.permissions import Asker
from layers.overlay.parameters import Question
from layers.overlay.result_table import create_zone_table, qualified_name, quoted_names, run_sql
from layers.overlay.run_progress import Steps
from layers.storage import tables
from layers.storage.columns import Column

# What ST_CollectionExtract calls them; also what of a shape is measured.
DIMENSION = {"MultiPoint": 1, "MultiLineString": 2, "MultiPolygon": 3}
MEASURE = {1: "0::float8", 2: "ST_Length({}::geography)", 3: "ST_Area({}::geography)"}


def columns(question: Question) -> list[Column]:
    """The columns of the answer, beside the name of each zone."""
    dimension = DIMENSION[question.layer.geometry_type]
    found = [
        Column(_("分区"), "zone", "text"),
        Column(_("分区面积（平方千米）"), "zone_area_km2", "double"),
        Column(_("数量"), "feature_count", "bigint"),
        Column(_("占总数（%）"), "count_share_pct", "double"),
        Column(_("每平方千米数量"), "count_per_km2", "double"),
    ]
    if dimension == 2:
        found += [
            Column(_("长度（米）"), "length_m", "double"),
            Column(_("每平方千米长度（米）"), "length_m_per_km2", "double"),
        ]
    if dimension == 3:
        found += [
            Column(_("面积（平方米）"), "area_m2", "double"),
            Column(_("占分区面积（%）"), "area_share_pct", "double"),
        ]
    return found


def answer(question: Question, user: Asker, table: str, steps: Steps) -> dict[str, Any]:
    """Fill `table` with one row per zone, those without any feature too; returns the totals."""
    dimension = DIMENSION[question.layer.geometry_type]
    count = create_zone_table(question.zones.query(user, question.parameters.only), 0.0, polygons=True)
    features = qualified_name(question.version.table_name)
    run_sql("CREATE TEMPORARY TABLE overlay_pieces (zone_id bigint, id bigint, measure float8) ON COMMIT DROP")
    for first, last in steps.over(count):
        run_sql(_pieces(features, dimension), [first, last])
    steps.report("writing", count, count)
    if dimension == 1 or question.parameters.split == "largest":
        _give_to_one(features, dimension)
    _write(question, table, dimension, _totals(features, dimension)[0])
    return {"method": _method(question, dimension), "zones": count, **_totals_as_json(features, dimension)}


def _pieces(features: sql.Identifier, dimension: int) -> sql.Composed:
    """What of each feature lies in each zone, measured on the ellipsoid; mere touching is not lying in."""
    measure = sql.SQL(MEASURE[dimension].format("p.piece"))
    return sql.SQL(
        "INSERT INTO overlay_pieces SELECT zone_id, id, measure FROM ("
        " SELECT z.zone_id, f.id, {measure} AS measure FROM overlay_zones z"
        " JOIN {features} f ON f.geom && z.geom AND ST_Intersects(f.geom, z.geom)"
        " CROSS JOIN LATERAL (SELECT CASE WHEN ST_CoveredBy(f.geom, z.geom) THEN f.geom"
        " ELSE ST_CollectionExtract(ST_Intersection(f.geom, z.geom), {dimension}) END AS piece) p"
        " WHERE z.n BETWEEN %s AND %s) found WHERE {counts}"
    ).format(
        measure=measure,
        features=features,
        dimension=sql.Literal(dimension),
        counts=sql.SQL("true" if dimension == 1 else "measure > 0"),
    )


def _give_to_one(features: sql.Identifier, dimension: int) -> None:
    """Each feature whole to the zone that holds most of it; to none when more of it lies in no zone at all."""
    whole = sql.SQL(MEASURE[dimension].format("f.geom"))
    statement = sql.SQL(
        "CREATE TEMPORARY TABLE overlay_largest ON COMMIT DROP AS"
        " SELECT l.zone_id, l.id, w.whole AS measure FROM ("
        "SELECT DISTINCT ON (id) id, zone_id, measure, sum(measure) OVER (PARTITION BY id) AS inside"
        " FROM overlay_pieces ORDER BY id, measure DESC, zone_id) l JOIN {features} f USING (id)"
        " CROSS JOIN LATERAL (SELECT {whole} AS whole) w WHERE w.whole - l.inside <= l.measure"
    )
    run_sql(statement.format(features=features, whole=whole))
    run_sql("DROP TABLE overlay_pieces")
    run_sql("ALTER TABLE overlay_largest RENAME TO overlay_pieces")


def _totals(features: sql.Identifier, dimension: int) -> tuple[int, float]:
    """Number and measure of all features of the layer, wherever they lie."""
    measure = sql.SQL(MEASURE[dimension].format("geom"))
    return run_sql(sql.SQL("SELECT count(*), coalesce(sum({}), 0) FROM {}").format(measure, features))[0]


def _totals_as_json(features: sql.Identifier, dimension: int) -> dict[str, Any]:
    total, measure = _totals(features, dimension)
    inside, measured = run_sql("SELECT count(DISTINCT id), coalesce(sum(measure), 0) FROM overlay_pieces")[0]
    body = {"features": total, "counted": inside, "outside": total - inside}
    if dimension > 1:
        unit = {2: "length_m", 3: "area_m2"}[dimension]
        body |= {f"total_{unit}": measure, f"counted_{unit}": measured}
    return body


def _write(question: Question, table: str, dimension: int, total: int) -> None:
    everything = columns(question)
    tables.build(table, everything, "MultiPolygon")
    measured = {
        1: "",
        2: ", s.measure, s.measure / nullif(a.km2, 0)",
        3: ", s.measure, s.measure / nullif(a.km2, 0) / 1e4",
    }
    statement = sql.SQL(
        "INSERT INTO {target} (id, source_row, geom, {names})"
        " SELECT z.n, z.zone_id, ST_Multi(ST_CollectionExtract(z.geom, 3)), z.name, a.km2, s.count,"
        " 100.0 * s.count / {total}, s.count / nullif(a.km2, 0){measured} FROM overlay_zones z"
        " CROSS JOIN LATERAL (SELECT ST_Area(z.geom::geography) / 1e6 AS km2) a"
        " CROSS JOIN LATERAL (SELECT count(DISTINCT p.id) AS count, coalesce(sum(p.measure), 0) AS measure"
        " FROM overlay_pieces p WHERE p.zone_id = z.zone_id) s ORDER BY z.geom"
    )
    run_sql("CREATE INDEX ON overlay_pieces (zone_id)")
    run_sql(
        statement.format(
            target=qualified_name(table),
            names=quoted_names(everything),
            total=sql.Literal(max(total, 1)),
            measured=sql.SQL(measured[dimension]),
        )
    )


def _method(question: Question, dimension: int) -> str:
    if dimension == 1:
        return _("点落在哪个分区就计入哪个；恰在边界上的只计一次。面积按 WGS 84 椭球面计算。")
    if question.parameters.split == "largest":
        return _("每个要素整体计入占它最多的一个分区。长度和面积按 WGS 84 椭球面计算。")
    return _("跨界的要素在边界处切开，各计各的部分；数量按“有一部分在内”计，可能重复。长度和面积按 WGS 84 椭球面计算。")
