"""The parameters through which a tile enters a compiled query, and the SQL of its rows."""

from collections.abc import Set
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from pyproj import Transformer

from tiles.grids.address import TileAddress
from tiles.grids.tile_matrix_sets import WEB_MERCATOR, Box, Grid
from tiles.layer.vector import EXTENT

PIXEL = 8
"""Tile units of one pixel on a screen, where a tile is 512 pixels wide."""
MANY_POINTS_UNTIL = 11
"""Up to this zoom a tile holds so many points that computing its envelope once pays (`make bench ARGS=tiles-low`)."""
_GEODETIC = (4326, 4490)
_HALF_WORLD = {4326: 180.0, 4490: 180.0, 3857: WEB_MERCATOR.width / 2}
"""From the prime meridian to the antimeridian, in units of the coordinate systems that span the world."""


class TileParameter(Enum):
    """A number that depends on the tile."""

    X = "x"
    Y = "y"
    # The tile's square in the grid's own units.
    WEST, SOUTH, EAST, NORTH = "west", "south", "east", "north"
    # The buffered tile in the units of the geometry column.
    BOX_WEST, BOX_SOUTH, BOX_EAST, BOX_NORTH = "box_west", "box_south", "box_east", "box_north"
    # The parts of its buffer that lie beyond the antimeridian, where they are on the other side of the world.
    FAR_EAST_WEST, FAR_EAST_EAST = "far_east_west", "far_east_east"
    FAR_WEST_WEST, FAR_WEST_EAST = "far_west_west", "far_west_east"

    # Looked up for every tile; Enum's own hash is a Python call.
    __hash__ = object.__hash__


TILE = (TileParameter.WEST, TileParameter.SOUTH, TileParameter.EAST, TileParameter.NORTH)
BOX = (TileParameter.BOX_WEST, TileParameter.BOX_SOUTH, TileParameter.BOX_EAST, TileParameter.BOX_NORTH)
FAR_EAST = (TileParameter.FAR_EAST_WEST, TileParameter.BOX_SOUTH, TileParameter.FAR_EAST_EAST, TileParameter.BOX_NORTH)
FAR_WEST = (TileParameter.FAR_WEST_WEST, TileParameter.BOX_SOUTH, TileParameter.FAR_WEST_EAST, TileParameter.BOX_NORTH)
NOWHERE = 1.0e9
"""A longitude, in degrees or metres, beyond all data."""


@dataclass(frozen=True, slots=True)
class SqlTemplate:
    """SQL with its parameters; some are TileParameters, filled in per tile."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class TileFrame:
    """How a geometry column is cut into the tiles of a grid at one zoom."""

    column_srid: int
    grid: Grid
    zoom: int
    buffer: int

    @property
    def envelope(self) -> tuple[str, tuple[TileParameter, ...]]:
        """Return the SQL of the tile's square, and its tile parameters."""
        if self.grid == WEB_MERCATOR:
            return f"ST_TileEnvelope({self.zoom}, %s, %s)", (TileParameter.X, TileParameter.Y)
        return f"ST_MakeEnvelope(%s, %s, %s, %s, {self.grid.srid})", TILE

    def boxes(self, edge: bool) -> tuple[tuple[TileParameter, ...], ...]:
        """Return the boxes whose rows are in the tile: its own, and those beyond the antimeridian."""
        return (BOX, FAR_EAST, FAR_WEST) if edge and self.column_srid in _HALF_WORLD else (BOX,)

    def column_envelopes(self, edge: bool) -> list[tuple[str, tuple[TileParameter, ...]]]:
        """Return the SQL of each of `boxes`, and its tile parameters."""
        return [(f"ST_MakeEnvelope(%s, %s, %s, %s, {self.column_srid})", parameters) for parameters in self.boxes(edge)]

    def tile_envelopes(self) -> list[tuple[str, tuple[TileParameter, ...]]]:
        """Return the SQL of the box of a tile that is not at the rim of the world, and its tile parameters.

        Where the server can tell it from the tile's address it costs less than four numbers to send and to read. At
        the rim it cannot: ST_TileEnvelope keeps what it widens within the world.
        """
        envelope, parameters = self.envelope
        straight = self.column_srid in (*_GEODETIC, self.grid.srid)  # the tile's sides stay straight on the way
        if self.grid != WEB_MERCATOR or not straight:
            return self.column_envelopes(False)
        widened = envelope.replace(")", f", margin => {self.buffer / EXTENT})")
        return [
            (
                widened if self.column_srid == self.grid.srid else f"ST_Transform({widened}, {self.column_srid})",
                parameters,
            )
        ]


def bind(compiled: SqlTemplate, frame: TileFrame, tile: TileAddress) -> tuple[str, tuple[Any, ...]]:
    """Fill in the tile parameters of `compiled` for `tile`."""
    found = parameter_values(frame, tile, {value for value in compiled.params if isinstance(value, TileParameter)})
    return compiled.sql, tuple(found[value] if isinstance(value, TileParameter) else value for value in compiled.params)


def parameter_values(frame: TileFrame, tile: TileAddress, wanted: Set[TileParameter]) -> dict[TileParameter, float]:
    """Return the values of the `wanted` parameters for `tile`, and perhaps of others."""
    found: dict[TileParameter, float] = {TileParameter.X: tile.x, TileParameter.Y: tile.y}
    if found.keys() >= wanted:
        return found
    found |= zip(BOX, _column_box(frame, tile), strict=True)
    if tile.grid != WEB_MERCATOR:
        found |= zip(TILE, tile.box(), strict=True)
    if tile.is_at_edge:
        first, last = tile.x == 0, tile.x == tile.grid.columns(tile.z) - 1
        found |= _beyond_the_antimeridian(frame, tile, first, last)
    return found


def _beyond_the_antimeridian(
    frame: TileFrame, tile: TileAddress, first: bool, last: bool
) -> dict[TileParameter, float]:
    half = _HALF_WORLD.get(frame.column_srid, 0.0)
    margin = 2 * half / tile.grid.columns(tile.z) * frame.buffer / EXTENT
    return {
        TileParameter.FAR_EAST_WEST: half - margin if first else NOWHERE,
        TileParameter.FAR_EAST_EAST: half if first else NOWHERE,
        TileParameter.FAR_WEST_WEST: -half if last else NOWHERE,
        TileParameter.FAR_WEST_EAST: margin - half if last else NOWHERE,
    }


def _column_box(frame: TileFrame, tile: TileAddress) -> Box:
    """Return the buffered tile in the column's units; a side that bends on the way there is followed."""
    degrees = tile.bounds(frame.buffer)
    if frame.column_srid in _GEODETIC:
        return degrees
    if frame.column_srid == frame.grid.srid:
        return tile.box(frame.buffer)
    return _from_degrees(frame.column_srid).transform_bounds(*degrees, densify_pts=21)


@lru_cache(maxsize=64)
def _from_degrees(srid: int) -> Transformer:
    return Transformer.from_crs(4326, srid, always_xy=True)


def tile_rows(
    source: str, columns: str, frame: TileFrame, edge: bool, points: bool
) -> tuple[str, tuple[TileParameter, ...]]:
    """Return the SQL of the rows of a tile, and its tile parameters: they come before the parameters of `source`.

    `source` gives `pk` and the column as it is, `mvt_source`. A line or an area that would vanish because it is
    smaller than a tile's unit is drawn as one pixel where it lies; points never do and skip the check.
    """
    geometry = _in_grid(frame, points)
    parameters: tuple[TileParameter, ...] = ()
    if len(frame.boxes(edge)) > 1:
        geometry, parameters = _across_antimeridian(geometry, frame), (*BOX, *FAR_EAST, *FAR_WEST)
    envelope, of_tile = frame.envelope
    pixel = frame.grid.side(frame.zoom) * PIXEL / EXTENT
    in_tile = f"envelope, {EXTENT}, {frame.buffer}, true"
    # No text of a user's is in here: names are the code's own and quoted, values are parameters.
    selected = f"SELECT pk AS feature_id, pk AS id{columns}"
    if points:
        if frame.zoom <= MANY_POINTS_UNTIL:
            envelope = f"(SELECT {envelope})"  # evaluated once, not for every point
        sql = f"""
            {selected}, ST_AsMVTGeom({geometry}, {in_tile}) AS mvt_geom
            FROM (SELECT {envelope} AS envelope) AS tile, ({source}) AS features"""
        return sql, (*parameters, *of_tile)
    # OFFSET 0 keeps the planner from computing the geometry once for every mention.
    sql = f"""
        {selected}, CASE
            WHEN ST_Dimension(geometry) > 0 AND {_IS_TINY}
            THEN coalesce(ST_AsMVTGeom(geometry, {in_tile}), ST_AsMVTGeom({_PIXEL}, {in_tile}))
            ELSE ST_AsMVTGeom(geometry, {in_tile}) END AS mvt_geom
        FROM (
            SELECT features.*, {geometry} AS geometry, envelope, pixel
            FROM (SELECT {envelope} AS envelope, {pixel}::float8 AS pixel) AS tile, ({source}) AS features
            OFFSET 0
        ) AS placed"""  # noqa: S608
    return sql, (*parameters, *of_tile)


_CENTRE = "ST_Centroid(ST_Envelope(geometry))"
_IS_TINY = (
    "ST_XMax(Box2D(geometry)) - ST_XMin(Box2D(geometry)) < pixel"
    " AND ST_YMax(Box2D(geometry)) - ST_YMin(Box2D(geometry)) < pixel"
)
_PIXEL = f"""
    CASE ST_Dimension(geometry)
    WHEN 1 THEN ST_MakeLine(ST_Translate({_CENTRE}, -pixel / 2, 0), ST_Translate({_CENTRE}, pixel / 2, 0))
    ELSE ST_Expand({_CENTRE}, pixel / 2) END"""


_MAP = "ST_MakeEnvelope(-360, -86, 360, 86, 4326)"


def _in_grid(frame: TileFrame, points: bool) -> str:
    if frame.column_srid == frame.grid.srid:
        return "mvt_source"
    if frame.column_srid in _GEODETIC and frame.grid.srid in _GEODETIC:
        # The two datums differ by less than a metre and PROJ treats them as one: renaming does what it would do.
        return f"ST_SetSRID(mvt_source, {frame.grid.srid})"
    if points or frame.column_srid != 4326:
        return f"ST_Transform(mvt_source, {frame.grid.srid})"
    # A shape that reaches beyond the globe (a box around everything) is cut off there: PROJ would refuse all of it.
    on_map = f"CASE WHEN mvt_source @ {_MAP} THEN mvt_source ELSE ST_ClipByBox2D(mvt_source, {_MAP}) END"
    return f"ST_Transform({on_map}, {frame.grid.srid})"


def _across_antimeridian(geometry: str, frame: TileFrame) -> str:
    """What is near the antimeridian is in the buffer of the tile on its other side too."""
    width = frame.grid.width
    meets = f"mvt_source::geometry && ST_MakeEnvelope(%s, %s, %s, %s, {frame.column_srid})"
    return (
        f"ST_CollectionHomogenize(ST_Collect(ARRAY[CASE WHEN {meets} THEN {geometry} END,"
        f" CASE WHEN {meets} THEN ST_Translate({geometry}, {-width}, 0) END,"
        f" CASE WHEN {meets} THEN ST_Translate({geometry}, {width}, 0) END]))"
    )
