"""Where a tile comes into a compiled query: slots in its parameters, and the geometry that they frame."""

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
"""Up to this zoom a tile of points holds enough of them that a step before them pays (`make bench ARGS=tiles-low`)."""
_GEODETIC = (4326, 4490)
_HALF_WORLD = {4326: 180.0, 4490: 180.0, 3857: WEB_MERCATOR.width / 2}
"""From the middle meridian to the antimeridian, in the units of the systems that reach around the world."""


class Slot(Enum):
    """A number that only the tile knows."""

    X = "x"
    Y = "y"
    # The tile's square in the grid's own units.
    WEST, SOUTH, EAST, NORTH = "west", "south", "east", "north"
    # The buffered tile in the units of the geometry column.
    BOX_WEST, BOX_SOUTH, BOX_EAST, BOX_NORTH = "box_west", "box_south", "box_east", "box_north"
    # The parts of its buffer that lie beyond the antimeridian, where they are on the other side of the world.
    FAR_EAST_WEST, FAR_EAST_EAST = "far_east_west", "far_east_east"
    FAR_WEST_WEST, FAR_WEST_EAST = "far_west_west", "far_west_east"

    # They are looked up for every tile, and Enum's own hash is a call of Python.
    __hash__ = object.__hash__


TILE = (Slot.WEST, Slot.SOUTH, Slot.EAST, Slot.NORTH)
BOX = (Slot.BOX_WEST, Slot.BOX_SOUTH, Slot.BOX_EAST, Slot.BOX_NORTH)
FAR_EAST = (Slot.FAR_EAST_WEST, Slot.BOX_SOUTH, Slot.FAR_EAST_EAST, Slot.BOX_NORTH)
FAR_WEST = (Slot.FAR_WEST_WEST, Slot.BOX_SOUTH, Slot.FAR_WEST_EAST, Slot.BOX_NORTH)
NOWHERE = 1.0e9
"""A longitude, in degrees or metres, at which nothing lies."""


@dataclass(frozen=True, slots=True)
class Bound:
    """SQL with its parameters, slots among them."""

    sql: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """How a column's geometry meets a grid's tiles."""

    column_srid: int
    grid: Grid
    zoom: int
    buffer: int

    @property
    def envelope(self) -> tuple[str, tuple[Slot, ...]]:
        """Return the SQL of the tile's square, and its slots."""
        if self.grid == WEB_MERCATOR:
            return f"ST_TileEnvelope({self.zoom}, %s, %s)", (Slot.X, Slot.Y)
        return f"ST_MakeEnvelope(%s, %s, %s, %s, {self.grid.srid})", TILE

    def boxes(self, edge: bool) -> tuple[tuple[Slot, ...], ...]:
        """Return the boxes whose rows are in the tile: its own, and those beyond the antimeridian."""
        return (BOX, FAR_EAST, FAR_WEST) if edge and self.column_srid in _HALF_WORLD else (BOX,)

    def measured(self, edge: bool) -> list[tuple[str, tuple[Slot, ...]]]:
        """Return the SQL of each of `boxes`, and its slots."""
        return [(f"ST_MakeEnvelope(%s, %s, %s, %s, {self.column_srid})", slots) for slots in self.boxes(edge)]

    def addressed(self) -> list[tuple[str, tuple[Slot, ...]]]:
        """Return the SQL of the box of a tile that is not at the rim of the world, and its slots.

        Where the server can tell it from the tile's address it costs less than four numbers to send and to read. At
        the rim it cannot: ST_TileEnvelope keeps what it widens within the world.
        """
        envelope, slots = self.envelope
        straight = self.column_srid in (*_GEODETIC, self.grid.srid)  # the tile's sides stay straight on the way
        if self.grid != WEB_MERCATOR or not straight:
            return self.measured(False)
        widened = envelope.replace(")", f", margin => {self.buffer / EXTENT})")
        return [
            (widened if self.column_srid == self.grid.srid else f"ST_Transform({widened}, {self.column_srid})", slots)
        ]


def bound(compiled: Bound, place: Place, tile: TileAddress) -> tuple[str, tuple[Any, ...]]:
    """Fill the slots of `compiled` for `tile`."""
    found = numbers(place, tile, {value for value in compiled.params if isinstance(value, Slot)})
    return compiled.sql, tuple(found[value] if isinstance(value, Slot) else value for value in compiled.params)


def numbers(place: Place, tile: TileAddress, wanted: Set[Slot]) -> dict[Slot, float]:
    """Return what `tile` puts into the slots that are `wanted`, and perhaps into others."""
    found: dict[Slot, float] = {Slot.X: tile.x, Slot.Y: tile.y}
    if found.keys() >= wanted:
        return found
    found |= zip(BOX, _column_box(place, tile), strict=True)
    if tile.grid != WEB_MERCATOR:
        found |= zip(TILE, tile.box(), strict=True)
    if tile.is_at_rim:
        first, last = tile.x == 0, tile.x == tile.grid.columns(tile.z) - 1
        found |= _beyond_the_antimeridian(place, tile, first, last)
    return found


def _beyond_the_antimeridian(place: Place, tile: TileAddress, first: bool, last: bool) -> dict[Slot, float]:
    half = _HALF_WORLD.get(place.column_srid, 0.0)
    margin = 2 * half / tile.grid.columns(tile.z) * place.buffer / EXTENT
    return {
        Slot.FAR_EAST_WEST: half - margin if first else NOWHERE,
        Slot.FAR_EAST_EAST: half if first else NOWHERE,
        Slot.FAR_WEST_WEST: -half if last else NOWHERE,
        Slot.FAR_WEST_EAST: margin - half if last else NOWHERE,
    }


def _column_box(place: Place, tile: TileAddress) -> Box:
    """Return the buffered tile in the column's units; a side that bends on the way there is followed."""
    degrees = tile.bounds(place.buffer)
    if place.column_srid in _GEODETIC:
        return degrees
    if place.column_srid == place.grid.srid:
        return tile.box(place.buffer)
    return _from_degrees(place.column_srid).transform_bounds(*degrees, densify_pts=21)


@lru_cache(maxsize=64)
def _from_degrees(srid: int) -> Transformer:
    return Transformer.from_crs(4326, srid, always_xy=True)


def tile_rows(source: str, columns: str, place: Place, edge: bool, points: bool) -> tuple[str, tuple[Slot, ...]]:
    """Return the SQL of the rows of a tile, and its slots: they come before the parameters of `source`.

    `source` gives `pk` and the column as it is, `mvt_source`. A line or an area that would vanish because it is
    smaller than a tile's unit is drawn as one pixel where it lies; `points` cannot, and are spared the question.
    """
    geometry = _in_grid(place, points)
    slots: tuple[Slot, ...] = ()
    if len(place.boxes(edge)) > 1:
        geometry, slots = _around_the_world(geometry, place), (*BOX, *FAR_EAST, *FAR_WEST)
    envelope, of_tile = place.envelope
    pixel = place.grid.side(place.zoom) * PIXEL / EXTENT
    in_tile = f"envelope, {EXTENT}, {place.buffer}, true"
    # No text of a user's is in here: names are the code's own and quoted, values are parameters.
    selected = f"SELECT pk AS feature_id, pk AS id{columns}"
    if points:
        if place.zoom <= MANY_POINTS_UNTIL:
            envelope = f"(SELECT {envelope})"  # worked out once, and not for every point
        sql = f"""
            {selected}, ST_AsMVTGeom({geometry}, {in_tile}) AS mvt_geom
            FROM (SELECT {envelope} AS envelope) AS tile, ({source}) AS features"""
        return sql, (*slots, *of_tile)
    # OFFSET 0 keeps the planner from working the geometry out once for every mention.
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
    return sql, (*slots, *of_tile)


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


def _in_grid(place: Place, points: bool) -> str:
    if place.column_srid == place.grid.srid:
        return "mvt_source"
    if place.column_srid in _GEODETIC and place.grid.srid in _GEODETIC:
        # The two datums differ by less than a metre and PROJ treats them as one: renaming does what it would do.
        return f"ST_SetSRID(mvt_source, {place.grid.srid})"
    if points or place.column_srid != 4326:
        return f"ST_Transform(mvt_source, {place.grid.srid})"
    # A shape that reaches beyond the globe (a box around everything) is cut off there: PROJ would refuse all of it.
    on_map = f"CASE WHEN mvt_source @ {_MAP} THEN mvt_source ELSE ST_ClipByBox2D(mvt_source, {_MAP}) END"
    return f"ST_Transform({on_map}, {place.grid.srid})"


def _around_the_world(geometry: str, place: Place) -> str:
    """What is near the antimeridian is in the buffer of the tile on its other side too."""
    width = place.grid.width
    meets = f"mvt_source::geometry && ST_MakeEnvelope(%s, %s, %s, %s, {place.column_srid})"
    return (
        f"ST_CollectionHomogenize(ST_Collect(ARRAY[CASE WHEN {meets} THEN {geometry} END,"
        f" CASE WHEN {meets} THEN ST_Translate({geometry}, {-width}, 0) END,"
        f" CASE WHEN {meets} THEN ST_Translate({geometry}, {width}, 0) END]))"
    )
