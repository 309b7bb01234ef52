"""Small tables with ladders, for the tests of generalised copies."""

from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.apps.registry import Apps
from django.contrib.gis.db import models
from django.db import connection

from tiles.ladder import build as building
from tiles.ladder import parts
from tiles.ladder.models import Ladder
from tiles.ladder.names import table
from tiles.layer.vector import VectorLayer

FEW = 10


def make_table(name: str, geometry_type: str, wkts: list[str], srid: int = 4326) -> str:
    """A table of `id, name, geom` with these geometries, ids from 1; returns its name with the schema."""
    source = f"layer_data.{name}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {source} (id bigint PRIMARY KEY, name text, geom geometry({geometry_type}, {srid}))"
        )
        cursor.execute(f"CREATE INDEX ON {source} USING gist (geom)")
        cursor.executemany(
            f"INSERT INTO {source} VALUES (%s, %s, ST_GeomFromText(%s, {srid}))",
            [(number, f"n{number}", wkt) for number, wkt in enumerate(wkts, 1)],
        )
    return source


@contextmanager
def low_thresholds(rows: int = FEW, vertices: int = 50, cuts: int = 5_000, part_rows: int = 8):
    """Ladders already for a handful of rows, in parts, and no shape cut finer than a test has time for."""
    with (
        mock.patch.object(building, "FEW_ROWS", rows),
        mock.patch.object(building, "FEW_VERTICES", vertices),
        mock.patch.object(building, "MOST_CUTS", cuts),
        mock.patch.object(parts, "PART_ROWS", part_rows),
        mock.patch.object(parts, "PART_SHAPES", part_rows),
    ):
        yield


def build(source: str, **more: Any) -> Ladder:
    with low_thresholds():
        return building.build(source, **more)


def vector_layer(source: str, geometry_type: str, srid: int = 4326, **more: Any) -> VectorLayer:
    """The table as a layer that everybody sees whole."""
    schema, name = source.split(".")
    meta = type("Meta", (), {"app_label": "t", "apps": Apps(), "managed": False, "db_table": f'"{schema}"."{name}"'})
    columns = {
        "id": models.BigIntegerField(primary_key=True),
        "name": models.TextField(),
        "geom": models.GeometryField(srid=srid),
    }
    model = type(name.capitalize(), (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    settings = {"visible_to": lambda user: model._default_manager.all(), "fields": {"name": "name"}, "ladder": True}
    return VectorLayer(name=name, title=name, geometry_type=geometry_type, **(settings | more))


def contents(ladder: Ladder) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that tiles could read of a ladder, in one order. Cells that have become empty do not show."""
    queries = {"cells": f"SELECT * FROM {table(ladder, 'cells')} WHERE n > 0 ORDER BY 1, 2, 3, 4"}
    if ladder.kind == Ladder.Kind.SHAPES:
        shapes, full = table(ladder, "shapes"), table(ladder, "full")
        queries["shapes"] = f"SELECT z, tx, ty, id, encode(geom, 'hex') FROM {shapes} ORDER BY 1, 2, 3, 4"
        queries["kinds"] = f"SELECT * FROM {table(ladder, 'kinds')} WHERE n > 0 ORDER BY 1, 2, 3, 4, 5, value::text"
        queries["full"] = f"SELECT id, encode(geom::bytea, 'hex') FROM {full} ORDER BY 1, 2"
    found = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(query)
            found[name] = cursor.fetchall()
    return found


def made_anew(source: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a fresh build would hold, for the zooms of the present one."""
    ladder = Ladder.objects.get(source=source)
    building.drop(source)
    find_top = building._find_top

    def find_the_same(fresh: Ladder, measure: str) -> None:
        find_top(fresh, measure)
        fresh.top = ladder.top

    same_top = mock.patch.object(building, "_find_top", find_the_same)
    with same_top, mock.patch.object(building, "_is_worth_it", lambda fresh: True):
        return contents(build(source))
