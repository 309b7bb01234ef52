"""Bytes of each format that a reader of ours takes apart, spoiled: rows or a refusal, never a crash."""

import json
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geokit.readers.factory import open_reader
from geokit.refusal import Refusal
from geokit.sources.discovery import open_layers
from tests.data.bureau_files import HEAD, MIF, PARCEL, SEQUENCE, TOPOLOGY
from tests.data.gis_files import square, write_file

SECONDS = 20
"""That long bytes are spoiled, whatever machine it is; each file is a seed."""
SPOILED = (
    "a.geojson",
    "a.csv",
    "a.mif",
    "a.gml",
    "a.json",
    "a.geojsonl",
    "k.txt",
    "a.dat",
    "a.parquet",
    "a.fgb",
    "a.gpkg",
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    for name, driver in (("a.geojson", None), ("a.fgb", None), ("a.gpkg", None), ("a.gml", "GML")):
        write_file(folder / name, [square(121.31, 29.85)], [{"name": "西塘河", "n": 1}], driver=driver)
    (folder / "a.csv").write_text("名称,经度,纬度\n西塘河,121.3,29.8\n", "gb18030")
    (folder / "a.mif").write_text(MIF, "gb18030")
    (folder / "a.json").write_text(json.dumps(TOPOLOGY))
    (folder / "a.geojsonl").write_text(SEQUENCE)
    (folder / "k.txt").write_text(HEAD + PARCEL)
    (folder / "a.dat").write_text("1,JZ,650123.123,3306123.456,12.3\n")
    geo = {"primary_column": "g", "columns": {"g": {"encoding": "WKB", "geometry_types": []}}}
    table = pa.table({"n": [1], "g": [shapely.to_wkb(shapely.Point(1, 2))]})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "a.parquet")
    return {name: (folder / name).read_bytes() for name in SPOILED}


def test_spoiled_bytes_end_in_rows_or_in_a_refusal(seeds: dict[str, bytes], tmp_path: Path) -> None:
    ends = time.monotonic() + SECONDS
    tried = 0

    @settings(max_examples=400, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(SPOILED), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=4)
    )
    def spoil(name: str, places: list[tuple[float, bytes]]) -> None:
        nonlocal tried
        if time.monotonic() > ends:
            return
        content = bytearray(seeds[name])
        for share, piece in places:
            at = int(share * len(content))
            content[at : at + len(piece)] = piece
        folder = tmp_path / str(tried)
        (folder / "work").mkdir(parents=True)
        (folder / name).write_bytes(bytes(content))
        tried += 1
        try:
            for layer in open_layers(folder / name, folder / "work"):
                for batch in open_reader(layer).batches(100):
                    assert all(len(column) == len(batch) for column in batch.columns)
        except Refusal as refusal:
            assert refusal.message

    spoil()
    assert tried  # how many depends on the machine
