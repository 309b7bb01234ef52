"""Files that once ended in a traceback: each is read whole, or its rows say what is wrong with them."""

import json
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geokit.readers.factory import open_reader
from geokit.records.rows import Batch
from geokit.refusal import Refusal
from geokit.sources.discovery import open_layers

POINTS = shapely.to_wkb(shapely.points([[121.4, 29.8], [121.5, 29.9]]))
ENGINE_NAMES = ["id", "fid", "FID", "OGC_FID", "ogc_fid", "geometry", "wkb_geometry", "geom", "Shape"]
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile", "geojson": "GeoJSON"}


def read(path: Path, work: Path) -> tuple[list[str], Batch]:
    """The names of the fields and the first batch of the only layer."""
    (layer,) = open_layers(path, work)
    reader = open_reader(layer)
    (batch,) = reader.batches(1_000)
    return [field.name for field in reader.fields], batch


@pytest.mark.parametrize("suffix", DRIVERS)
@pytest.mark.parametrize("name", ENGINE_NAMES)
def test_a_field_may_be_named_as_the_engine_names_its_own(name: str, suffix: str, tmp_path: Path) -> None:
    name = name[:10] if suffix == "shp" else name  # no more fits into a .dbf
    path, work = tmp_path / f"plots.{suffix}", tmp_path / "work"
    work.mkdir()
    own = {"layer_options": {"FID": "engine_id", "GEOMETRY_NAME": "engine_shape"}} if suffix == "gpkg" else {}
    pyogrio.raw.write(
        path, geometry=POINTS, field_data=[np.array([7, 9]), np.array(["a", "b"], object)], fields=[name, "words"],
        driver=DRIVERS[suffix], geometry_type="Point", crs="EPSG:4326", **own,
    )  # fmt: skip
    names, batch = read(path, work)
    assert [found.lower() for found in names] == [name.lower(), "words"]
    assert sorted(zip(*batch.columns, strict=True)) == [(7, "a"), (9, "b")]
    assert not shapely.is_missing(batch.geometry).any()


def test_a_geojson_with_ids_in_the_properties_keeps_each_in_its_row(tmp_path: Path) -> None:
    rows = [
        {"type": "Feature", "properties": {"id": number, "name": f"n{number}"},
         "geometry": {"type": "Point", "coordinates": [121 + number / 100, 29]}}
        for number in (30, 10, 20)
    ]  # fmt: skip
    path, work = tmp_path / "ids.geojson", tmp_path / "work"
    work.mkdir()
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    names, batch = read(path, work)
    assert names == ["id", "name"]
    assert batch.columns == [[30, 10, 20], ["n30", "n10", "n20"]]
    assert [round(point.x, 2) for point in batch.geometry] == [121.3, 121.1, 121.2]


@pytest.mark.parametrize(
    "wkt",
    ["LINESTRING(121 29)", "POLYGON((121 29, 122 29))", "TRIANGLE((0 0, 1 0, 0 1, 0 0))",
     "CIRCULARSTRING(121 29, 121.1 29.1)", "CURVEPOLYGON(CIRCULARSTRING(121 29, oops))"],
)  # fmt: skip
def test_a_table_says_which_row_holds_a_shape_that_cannot_be_read(wkt: str, tmp_path: Path) -> None:
    path, work = tmp_path / "shapes.csv", tmp_path / "work"
    work.mkdir()
    path.write_text(f'name,WKT\ngood,POINT(121 29)\nbad,"{wkt}"\n')
    _names, batch = read(path, work)
    assert [shape is None for shape in batch.geometry] == [False, True]
    assert [(issue.row, issue.code) for issue in batch.issues] == [(2, "coordinate-invalid")]


@pytest.mark.parametrize(
    ("wkt", "kind", "least"),
    [("CIRCULARSTRING(121 29, 121.1 29.1, 121.2 29)", "LineString", 40),
     ("CURVEPOLYGON(CIRCULARSTRING(121 29, 121.1 29.1, 121.2 29, 121.1 28.9, 121 29))", "Polygon", 80),
     ("COMPOUNDCURVE(CIRCULARSTRING(121 29, 121.1 29.1, 121.2 29),(121.2 29,121.3 29))", "LineString", 40),
     ("MULTICURVE((121 29,121.1 29),CIRCULARSTRING(121 29, 121.1 29.1, 121.2 29))", "MultiLineString", 40)],
)  # fmt: skip
def test_a_table_says_which_row_holds_arcs_that_became_lines(wkt: str, kind: str, least: int, tmp_path: Path) -> None:
    path, work = tmp_path / "shapes.csv", tmp_path / "work"
    work.mkdir()
    path.write_text(f'name,WKT\ngood,POINT(121 29)\narc,"{wkt}"\n')
    _names, batch = read(path, work)
    assert [shape.geom_type for shape in batch.geometry] == ["Point", kind]
    assert shapely.get_num_coordinates(batch.geometry[1]) > least  # a point every four degrees
    assert [(issue.row, issue.code, issue.rejected) for issue in batch.issues] == [(2, "curve-straightened", False)]


@pytest.mark.parametrize("code", [8, 9, 10, 15, 17, 99, 9_999, 2**31])
def test_a_geopackage_says_which_row_holds_a_code_that_is_no_shape(code: int, tmp_path: Path) -> None:
    path, work = tmp_path / "codes.gpkg", tmp_path / "work"
    work.mkdir()
    pyogrio.raw.write(
        path, geometry=POINTS, field_data=[np.array([1, 2])], fields=["no"], driver="GPKG", geometry_type="Point",
        crs="EPSG:4326", layer="codes", layer_options={"SPATIAL_INDEX": "NO"},
    )  # fmt: skip
    _change_code(path, code)
    try:
        _names, batch = read(path, work)
    except Refusal as refusal:
        assert refusal.code == "source-unreadable"
        return
    assert batch.columns == [[1, 2]]
    assert batch.geometry[1] is not None
    assert batch.geometry[0] is None or batch.geometry[0].is_empty


def _change_code(path: Path, code: int) -> None:
    """Write another code of geometry into the first row's WKB."""
    with sqlite3.connect(path) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        row, blob = database.execute("SELECT fid, geom FROM codes ORDER BY fid").fetchone()
        at = len(blob) - 20  # a point's WKB: order, code (4 bytes), x, y
        database.execute(
            "UPDATE codes SET geom = ? WHERE fid = ?", [blob[:at] + code.to_bytes(4, "little") + blob[at + 4 :], row]
        )


def _seeds() -> dict[str, bytes]:
    """One small file of each text or binary format, as bytes."""
    found: dict[str, bytes] = {}
    with TemporaryDirectory() as folder:
        for suffix in ("geojson", "fgb", "gpkg"):
            path = Path(folder) / f"seed.{suffix}"
            pyogrio.raw.write(
                path, geometry=POINTS, field_data=[np.array([1, 2])], fields=["no"], driver=DRIVERS[suffix],
                geometry_type="Point", crs="EPSG:4326",
            )  # fmt: skip
            found[suffix] = path.read_bytes()
    found["csv"] = b'name,WKT\na,POINT(121 29)\nb,"LINESTRING(121 29, 122 30)"\n'
    return found


SEEDS = _seeds()
changes = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=6)), max_size=4)


@pytest.mark.parametrize("suffix", ["geojson", "csv"])
@given(changes=changes, cut=st.floats(0.2, 1))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_file_is_read_or_refused_but_never_a_traceback(
    suffix: str, changes: list[tuple[float, bytes]], cut: float
) -> None:
    content = bytearray(SEEDS[suffix])
    for place, other in changes:
        at = int(place * len(content))
        content[at : at + len(other)] = other
    with TemporaryDirectory() as folder:
        path, work = Path(folder) / f"damaged.{suffix}", Path(folder) / "work"
        work.mkdir()
        path.write_bytes(content[: max(1, int(cut * len(content)))])
        read_all(path, work)


def read_all(path: Path, work: Path) -> list[Any]:
    """Every row of every layer, or nothing where the file is refused."""
    try:
        return [batch for layer in open_layers(path, work) for batch in open_reader(layer).batches(100)]
    except Refusal:
        return []
