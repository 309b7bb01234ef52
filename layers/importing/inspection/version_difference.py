"""The difference between staged and published rows, computed row by row in PostGIS.

Rows meet by the business key, or by their whole content where there is none. A row is `new`, `changed` (which
fields, from what to what, and how far its geometry moved), `missing` from the file, or unchanged (counted,
not listed).

How far a geometry moved is told in metres and by what: single points by the geodesic between them; others by
the Hausdorff distance (the largest distance of any vertex from the other geometry) in a local scale of the
ellipsoid, better than 1 % within a degree; very long ones by the geodesic between their centroids, so that
comparing stays bounded. Less than a millimetre is no change.
"""

from dataclasses import dataclass
from typing import Any

from psycopg2 import sql

from layers.importing.inspection import work_tables
from layers.storage import tables
from layers.storage.columns import Column, columns_from
from layers.storage.models import LayerVersion

DEFINITION = (
    "position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, key text, old_id bigint,"
    " source_row bigint, changes jsonb NOT NULL, moved_m double precision, moved_by text, geom geometry"
)
STATUSES = ("new", "changed", "missing")
SAME_M = 0.001
SAME_DEGREES = 1e-8
"""The same as an angle, where contents are compared."""
FEWEST_PAIRS = 10_000
VERTEX_PAIRS = 1_000_000
"""Most vertex pairs of one row that are compared by Hausdorff distance: a thousand times a thousand."""
PAIR_BUDGET = 10**10
"""The same for a whole import: about a minute of one processor."""


@dataclass(frozen=True, slots=True)
class Sides:
    """How the published version and the staged rows meet."""

    base: LayerVersion
    before: list[Column]
    after: list[Column]
    key: tuple[Column, Column] | None

    @property
    def shared(self) -> list[tuple[Column, Column]]:
        """Fields that both have, by the source's name; the key aside."""
        by_name = {column.name.lower(): column for column in self.before}
        pairs = [(by_name[new.name.lower()], new) for new in self.after if new.name.lower() in by_name]
        return [pair for pair in pairs if pair != self.key]


def sides(base: LayerVersion, after: list[Column], key: Column | None) -> Sides:
    """Match by the key when both have it and it is unique among the published rows; else by content."""
    before = columns_from(base.fields)
    old = next((column for column in before if key and column.name.lower() == key.name.lower()), None)
    if key is None or old is None or tables.key_repeats(base.table_name, old):
        return Sides(base, before, after, None)
    return Sides(base, before, after, (old, key))


def compare(found: Sides, mode: str, token: str | int) -> dict[str, Any]:
    """Fill the import's difference table from the staging table; returns what is told of it."""
    target = work_tables.table("difference", token)
    work_tables.create(target, DEFINITION)
    staged_rows = _count(sql.Identifier(tables.STAGING))
    pairs = max(FEWEST_PAIRS, min(VERTEX_PAIRS, PAIR_BUDGET // max(staged_rows, 1)))
    statement = _matched_by_key(found, *found.key, pairs) if found.key else _matched_by_content(found)
    columns = sql.SQL("status, key, old_id, source_row, changes, moved_m, moved_by, geom")
    insert = sql.SQL("INSERT INTO {} ({}) {} ORDER BY status, key, source_row")
    work_tables.run(insert.format(target, columns, statement))
    work_tables.run(sql.SQL("CREATE INDEX ON {} (status, position)").format(target))
    return _summary_of(found, mode, target, staged_rows)


def _count(name: sql.Identifier) -> int:
    return work_tables.run(sql.SQL("SELECT count(*) FROM {}").format(name))[0][0]


def _matched_by_key(found: Sides, old_key: Column, new_key: Column, pairs: int) -> sql.Composable:
    differs = [_differs(old, new) for old, new in found.shared]
    met = sql.SQL(
        "SELECT CASE WHEN o.id IS NULL THEN 'new' WHEN n.source_row IS NULL THEN 'missing' ELSE 'changed' END"
        " AS status,"
        " coalesce(n.{new_key}::text, o.{old_key}::text) AS key, o.id AS old_id, n.source_row,"
        " CASE WHEN o.id IS NULL OR n.source_row IS NULL THEN '{{}}'::jsonb ELSE {changes} END AS changes,"
        " o.geom AS old_geom, n.geom"
        " FROM {base} o FULL JOIN {staged} n ON o.{old_key}::text = n.{new_key}::text"
        " WHERE o.id IS NULL OR n.source_row IS NULL OR NOT (o.geom = n.geom) OR {differs}"
    ).format(
        old_key=sql.Identifier(old_key.column),
        new_key=sql.Identifier(new_key.column),
        changes=_changes(found, differs),
        base=sql.Identifier(tables.SCHEMA, found.base.table_name),
        staged=sql.Identifier(tables.STAGING),
        differs=sql.SQL(" OR ").join(differs or [sql.SQL("false")]),
    )
    # OFFSET 0 keeps PostgreSQL from working out the distance twice.
    return sql.SQL(
        "SELECT status, key, old_id, source_row, changes, CASE WHEN moved_m >= {same} THEN moved_m END,"
        " CASE WHEN moved_m >= {same} THEN moved_by END, geom FROM ("
        "SELECT way.*, {moved} AS moved_m FROM (SELECT pair.*, {way} AS moved_by FROM ({met} OFFSET 0) pair) way"
        " OFFSET 0) told"
        " WHERE status <> 'changed' OR changes <> '{{}}' OR moved_m >= {same} OR (moved_by = 'centroid' AND {reshaped})"
    ).format(
        moved=_MOVED, way=_WAY.format(pairs=sql.Literal(pairs)), met=met, same=sql.Literal(SAME_M), reshaped=_RESHAPED
    )


def _changes(found: Sides, differs: list[sql.Composable]) -> sql.Composable:
    """`{field: [old, new]}` of the fields that differ."""
    one = sql.SQL("CASE WHEN {} THEN jsonb_build_object({}, jsonb_build_array(o.{}, n.{})) ELSE '{{}}'::jsonb END")
    said = [
        one.format(test, sql.Literal(new.name), sql.Identifier(old.column), sql.Identifier(new.column))
        for test, (old, new) in zip(differs, found.shared, strict=True)
    ]
    return sql.SQL(" || ").join([sql.SQL("'{}'::jsonb"), *said])


def _differs(old: Column, new: Column) -> sql.Composable:
    """Whether the field's values differ; a number stays the same number when only its kind changed.

    So does a time that a format holds only as text; and an empty text is nothing, for tables cannot tell the two.
    """
    sides = sql.Identifier(old.column), sql.Identifier(new.column)
    if {old.kind, new.kind} == {"datetime", "text"}:
        same = "translate(o.{}::text, 'T/', ' -') IS DISTINCT FROM translate(n.{}::text, 'T/', ' -')"
        return sql.SQL(same).format(*sides)
    if old.kind == new.kind == "text":
        return sql.SQL("nullif(o.{}, '') IS DISTINCT FROM nullif(n.{}, '')").format(*sides)
    cast = ""
    if old.kind != new.kind:
        cast = "::double precision" if old.is_number and new.is_number else "::text"
    return sql.SQL("o.{}" + cast + " IS DISTINCT FROM n.{}" + cast).format(*sides)


_WAY = sql.SQL(
    "CASE WHEN status <> 'changed' OR old_geom = geom THEN NULL"
    " WHEN ST_NPoints(old_geom) = 1 AND ST_NPoints(geom) = 1 THEN 'geodesic'"
    " WHEN ST_NPoints(old_geom)::bigint * ST_NPoints(geom) <= {pairs} THEN 'hausdorff'"
    " ELSE 'centroid' END"
)
_RESHAPED = sql.SQL(
    "(ST_NPoints(old_geom) <> ST_NPoints(geom) OR"
    " abs(ST_Perimeter(old_geom) + ST_Length(old_geom) - ST_Perimeter(geom) - ST_Length(geom)) > 1e-8)"
)
# Metres per degree on the WGS 84 ellipsoid at a latitude: the usual series.
_LATITUDE = "radians((ST_YMin(old_geom) + ST_YMax(old_geom)) / 2)"
_EAST = f"111412.84 * cos({_LATITUDE}) - 93.5 * cos(3 * {_LATITUDE}) + 0.118 * cos(5 * {_LATITUDE})"
_NORTH = f"111132.954 - 559.822 * cos(2 * {_LATITUDE}) + 1.175 * cos(4 * {_LATITUDE})"
_MOVED = sql.SQL(
    "CASE moved_by WHEN 'geodesic' THEN ST_Distance(old_geom::geography, geom::geography)"
    " WHEN 'hausdorff' THEN"
    f" ST_HausdorffDistance(ST_Scale(old_geom, {_EAST}, {_NORTH}), ST_Scale(geom, {_EAST}, {_NORTH}))"
    " WHEN 'centroid' THEN ST_Distance(ST_Centroid(old_geom)::geography, ST_Centroid(geom)::geography) END"
)


def _matched_by_content(found: Sides) -> sql.Composable:
    """Without a key a row is told by all it holds; equal rows are paired one to one."""

    def side(name: sql.Identifier, row: str, columns: list[Column]) -> sql.Composable:
        values = [sql.SQL("{}::text").format(sql.Identifier(column.column)) for column in columns]
        shape = sql.SQL("ST_AsBinary(ST_Normalize(ST_SnapToGrid(geom, {})))").format(sql.Literal(SAME_DEGREES))
        content = sql.SQL("md5(row({})::text)").format(sql.SQL(", ").join([shape, *values]))
        return sql.SQL(
            "SELECT id, source_row, geom, {content} AS content,"
            " row_number() OVER (PARTITION BY {content} ORDER BY {row}) AS nth FROM {name}"
        ).format(content=content, row=sql.Identifier(row), name=name)

    old = side(sql.Identifier(tables.SCHEMA, found.base.table_name), "id", [old for old, _ in found.shared])
    new = side(sql.Identifier(tables.STAGING), "source_row", [new for _, new in found.shared])
    return sql.SQL(
        "SELECT CASE WHEN o.id IS NULL THEN 'new' ELSE 'missing' END AS status, NULL::text AS key, o.id AS old_id,"
        " n.source_row, '{{}}'::jsonb AS changes, NULL::double precision AS moved_m, NULL::text AS moved_by, n.geom"
        " FROM ({}) o FULL JOIN ({}) n ON o.content = n.content AND o.nth = n.nth"
        " WHERE o.id IS NULL OR n.id IS NULL"
    ).format(old, new)


def _summary_of(found: Sides, mode: str, target: sql.Identifier, staged_rows: int) -> dict[str, Any]:
    counts = dict(work_tables.run(sql.SQL("SELECT status, count(*) FROM {} GROUP BY 1").format(target)))
    new, changed, missing = (counts.get(status, 0) for status in STATUSES)
    fields = work_tables.run(
        sql.SQL("SELECT f, count(*) FROM {}, jsonb_object_keys(changes) f GROUP BY 1 ORDER BY 2 DESC, 1").format(target)
    )
    moved, farthest = work_tables.run(
        sql.SQL("SELECT count(*), max(moved_m) FROM {} WHERE moved_m >= {}").format(target, sql.Literal(SAME_M))
    )[0]
    before = {column.name.lower(): column for column in found.before}
    after = {column.name.lower(): column for column in found.after}
    return {
        "against": found.base.number,
        "against_edits": found.base.edits,
        "mode": mode,
        "matched_by": "key" if found.key else "content",
        "key": found.key[1].name if found.key else "",
        "new": new,
        "changed": changed,
        "unchanged": staged_rows - new - changed,
        "missing": missing,
        "missing_are": "removed" if mode == LayerVersion.Mode.REPLACE else "kept",
        "fields": [{"field": name, "rows": rows} for name, rows in fields],
        "moved": {"rows": moved, "max_m": None if farthest is None else round(farthest, 3)},
        "fields_added": [column.name for name, column in after.items() if name not in before],
        "fields_removed": [column.name for name, column in before.items() if name not in after],
        "fields_retyped": [
            {"field": new.name, "before": old.kind, "after": new.kind}
            for old, new in found.shared
            if old.kind != new.kind
        ],
    }
