"""Reading through Arrow: pieces that stay small, and values that stay exact."""

from pathlib import Path

import numpy as np
import shapely
from pyogrio.raw import write

from geokit.readers.arrow_batches import PIECE_BYTES, read_pieces


def file_of(path: Path, geometry: np.ndarray, numbers: np.ndarray, mask: np.ndarray | None = None) -> Path:
    write(
        path, shapely.to_wkb(geometry), [numbers], ["n"], field_mask=[mask], geometry_type="LineString",
        crs="EPSG:4326", driver="GPKG",
    )  # fmt: skip
    return path


def test_huge_geometries_come_in_pieces_bounded_by_bytes(tmp_path: Path) -> None:
    one = shapely.linestrings(np.random.default_rng(1).uniform(0, 1, (60_000, 2)))  # about 1 MB
    path = file_of(tmp_path / "huge.gpkg", np.array([one] * 20, object), np.arange(20))
    pieces = list(read_pieces(path, None, {}, ["n"], 1_000))
    assert len(pieces) >= 3
    assert all(sum(map(len, piece.wkb)) <= 1.2 * PIECE_BYTES for piece in pieces)
    assert [number for piece in pieces for number in piece.columns[0]] == list(range(20))


def test_small_geometries_come_in_pieces_bounded_by_rows(tmp_path: Path) -> None:
    lines = np.array([shapely.LineString([(0, 0), (1, 1)])] * 2_500, object)
    path = file_of(tmp_path / "small.gpkg", lines, np.arange(2_500))
    assert [len(piece.fids) for piece in read_pieces(path, None, {}, ["n"], 1_024)] == [1_024, 1_024, 452]


def test_large_integers_beside_null_stay_exact(tmp_path: Path) -> None:
    lines = np.array([shapely.LineString([(0, 0), (1, 1)])] * 2, object)
    path = file_of(tmp_path / "a.gpkg", lines, np.array([2**60 + 1, 0]), np.array([False, True]))
    (piece,) = read_pieces(path, None, {}, ["n"], 10)
    assert piece.columns == [[2**60 + 1, None]]
