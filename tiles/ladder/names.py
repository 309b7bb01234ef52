"""The tables of a ladder and the SQL that names them. Names come from the catalogue of the database or from here."""

from tiles.ladder.models import Ladder

SCHEMA = "tile_ladder"
TOP = 13
"""No generalised copy beyond this zoom: the next one is the last that clients ask for."""
WORLD_BITS = 36
"""Places are whole numbers below 2^36 on both axes of the Web Mercator world (`functions.sql`)."""
CELL_BITS = 6
"""Points: cells are 1/64 of a tile's side, eight pixels on a screen."""
MARKER_BITS = 5
"""Lines and areas: what is left out is counted on 1/32 of a tile's side, sixteen pixels on a screen."""
SMALLEST = 256
"""Lines and areas shorter and narrower than 1/256 of a tile's side (two pixels) are left out."""
DETAIL = 1024
"""Simplified to 1/1024 of a tile's side, half a pixel."""
WORLD_M = 40075016.685578488


def table(ladder: Ladder, what: str) -> str:
    """Return `tile_ladder.l7_cells`: plain letters and digits, so it needs no quotes."""
    return f"{SCHEMA}.l{ladder.pk}_{what}"


def quoted(*names: str) -> str:
    """Quote a name, or a schema and a name, for SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def source_table(ladder: Ladder) -> str:
    """Return the quoted name of the table that the ladder is of."""
    return quoted(*ladder.source.split(".", 1))


def geometry_in_degrees(ladder: Ladder) -> str:
    """Return the geometry column as WGS 84."""
    column = quoted(ladder.geometry)
    return column if ladder.srid == 4326 else f"ST_Transform({column}, 4326)"
