"""Tiles of a table that hold something."""

import random

from django.db import connection

from tiles.grids.address import TileAddress


def filled_tiles(source: str, zoom: int, most: int) -> list[TileAddress]:
    """So many tiles at most around rows drawn with a fixed seed, each once: where the data is is where people look."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(p), ST_Y(p) FROM"
            f" (SELECT ST_GeometryN(geom, 1) AS part FROM {source} WHERE id % 997 = 0) AS chosen,"
            " LATERAL (SELECT coalesce(ST_PointN(ST_ExteriorRing(part), 1), ST_PointN(part, 1), part) AS v) AS first,"
            " LATERAL (SELECT ST_Transform(v, 3857) AS p) AS placed"
        )
        places = sorted(cursor.fetchall())
    random.Random(7).shuffle(places)
    side = TileAddress(0, 0, 0).box()[2] * 2 / (1 << zoom)
    last = (1 << zoom) - 1
    found = dict.fromkeys(
        (min(max(int((x / side) + (1 << zoom) / 2), 0), last), min(max(int((1 << zoom) / 2 - y / side), 0), last))
        for x, y in places
    )
    return [TileAddress(zoom, x, y) for x, y in list(found)[:most]]
