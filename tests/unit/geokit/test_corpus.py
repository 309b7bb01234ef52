"""A corpus out of the packages that are installed here: each file has an expected outcome, none is left to chance."""

from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import pyogrio
import pytest

from geokit.readers.factory import open_reader
from geokit.refusal import Refusal
from geokit.sources.discovery import open_layers

PYOGRIO = Path(pyogrio.__file__).parent / "tests" / "fixtures"
GEOPANDAS = Path(geopandas.__file__).parent / "tests" / "data"
WORLD = PYOGRIO / "naturalearth_lowres" / "naturalearth_lowres.shp"
OUTCOMES: dict[Path, int | str] = {
    GEOPANDAS / "null_geom.geojson": 2,
    PYOGRIO / "curve.gpkg": 1,
    PYOGRIO / "curvepolygon.gpkg": 1,
    PYOGRIO / "line_zm.gpkg": 1,
    PYOGRIO / "list_field_values_file.parquet": "no-geometry",
    PYOGRIO / "list_nested_struct_file.parquet": "no-geometry",
    PYOGRIO / "multisurface.gpkg": 1,
    PYOGRIO / "sample.osm.pbf": "no-layer",
    PYOGRIO / "test_gpkg_nulls.gpkg": 4,
    WORLD: 177,
}
"""How many rows come of a file, or with which code it is refused."""
BESIDE = (".cpg", ".dbf", ".md", ".prj", ".py", ".pyc", ".shx")
DRIVERS = {
    "fgb": "FlatGeobuf", "geojson": "GeoJSON", "gml": "GML", "gpkg": "GPKG", "kml": "KML",
    "mif": "MapInfo File", "shp": "ESRI Shapefile", "sqlite": "SQLite", "tab": "MapInfo File",
}  # fmt: skip


def outcome_of(path: Path) -> int | str:
    with TemporaryDirectory() as work:
        try:
            readers = [open_reader(layer) for layer in open_layers(path, Path(work))]
            return sum(len(batch.geometry) for reader in readers for batch in reader.batches(1_000))
        except Refusal as refusal:
            return refusal.code


@pytest.mark.filterwarnings("ignore:Measured")  # the importer says itself that M values are left out
@pytest.mark.parametrize("path", OUTCOMES, ids=lambda path: path.name)
def test_every_file_of_the_corpus_comes_in_whole_or_is_refused_as_expected(path: Path) -> None:
    assert outcome_of(path) == OUTCOMES[path]


def test_no_file_of_the_packages_is_without_an_expected_outcome() -> None:
    found = {path for folder in (PYOGRIO, GEOPANDAS) for path in folder.rglob("*") if path.is_file()}
    assert {path for path in found if path.suffix not in BESIDE} == set(OUTCOMES)


@pytest.mark.filterwarnings("ignore:.*")
@pytest.mark.parametrize("suffix", DRIVERS)
def test_the_countries_of_the_world_come_back_from_every_format_that_gdal_writes(suffix: str, tmp_path: Path) -> None:
    world = geopandas.read_file(WORLD)[["name", "continent", "geometry"]]
    path = tmp_path / f"world.{suffix}"
    world.to_file(path, driver=DRIVERS[suffix], engine="pyogrio")
    assert outcome_of(path) == len(world) == 177
