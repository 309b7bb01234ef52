"""A GeoTIFF becomes a version of a raster layer: whole, described, in one transaction; or a refusal and nothing."""

import math
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
from django.conf import settings
from django.utils import timezone
from rasterio.control import GroundControlPoint
from rasterio.transform import from_origin

from geokit.refusal import Refusal
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.models import Layer, LayerVersion
from layers.rasters import files
from layers.storage.versions import undo_layer
from ledger.filestore import addressed, marks, reconciliation
from tests.data.tiffs import CELL, NORTH, WEST, hills, write_tiff

pytestmark = pytest.mark.django_db


@pytest.fixture
def load_tiff(world):
    def run(path: Path, **options) -> Report:
        report = Report()
        raster_loading.load(LoadOptions(path=path, file_name=path.name, **options), report)
        return report

    return run


def _refused(load_tiff, path: Path, **options) -> str:
    with pytest.raises(Refusal) as caught:
        load_tiff(path, slug="r", **options)
    assert not Layer.objects.exists()
    assert _stored() == []
    return caught.value.code


def _stored() -> list[Path]:
    return sorted((Path(settings.MEDIA_ROOT) / files.FOLDER).glob("*"))


def test_heights_become_a_cog_with_exact_statistics(load_tiff, tmp_path):
    values = hills()
    values[:20] = -999
    report = load_tiff(write_tiff(tmp_path / "dem.tif", values, nodata=-999, unit="m"), slug="dem", title="高程")
    layer = Layer.objects.get(slug="dem")
    version = layer.current_version
    assert (report.status, report.driver, report.crs, report.crs_from) == ("loaded", "GTiff", "EPSG:4326", "file")
    assert (layer.kind, layer.geometry_type, version.number, version.table_name) == ("raster", "Raster", 1, "")
    assert report.bbox == pytest.approx((WEST, NORTH - 200 * CELL, WEST + 200 * CELL, NORTH))
    band = version.raster["bands"][0]
    inside = values[20:].astype(float)
    assert (band["min"], band["max"]) == (inside.min(), inside.max())
    assert band["mean"] == pytest.approx(inside.mean())
    assert band["stdev"] == pytest.approx(inside.std())
    assert band["percentiles"]["50"] == pytest.approx(np.percentile(inside, 50))
    assert sum(band["histogram"]["counts"]) == inside.size
    assert (band["unit"], band["valid_share"], version.raster["nodata"]) == ("m", 0.9, -999)
    with rasterio.open(files.path_of(version)) as cog:
        assert cog.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        np.testing.assert_array_equal(cog.read(1), values)
        assert (cog.crs.to_epsg(), cog.nodata) == (4326, -999)


def test_a_large_raster_has_overviews(load_tiff, tmp_path):
    load_tiff(
        write_tiff(tmp_path / "big.tif", hills(1300, 1100), transform=from_origin(WEST, NORTH, 1e-4, 1e-4)), slug="big"
    )
    version = LayerVersion.objects.get()
    assert version.raster["overviews"] == [2, 4]
    assert version.raster["resolution_m"] == pytest.approx(10.4, abs=0.5)


def test_nan_and_infinity_are_no_data_even_when_nobody_said_so(load_tiff, tmp_path):
    values = hills(60, 60)
    values[:6] = np.nan
    values[6, 0] = np.inf
    load_tiff(write_tiff(tmp_path / "nan.tif", values), slug="nan")
    version = LayerVersion.objects.get()
    assert version.raster["nodata"] == "nan"
    assert version.raster["bands"][0]["valid_share"] == pytest.approx(1 - 361 / 3600, abs=1e-6)
    assert math.isfinite(version.raster["bands"][0]["max"])


def test_a_mask_and_an_alpha_band_stay_what_they_are(load_tiff, tmp_path):
    mask = np.full((40, 40), 255, "uint8")
    mask[:10] = 0
    load_tiff(write_tiff(tmp_path / "masked.tif", np.full((40, 40), 7, "uint8"), mask=mask), slug="masked")
    with rasterio.open(files.path_of(LayerVersion.objects.get())) as cog:
        np.testing.assert_array_equal(cog.read_masks(1), mask)
    photo = np.full((4, 40, 40), 90, "uint8")
    photo[3, 20:] = 0
    load_tiff(write_tiff(tmp_path / "alpha.tif", photo, photometric="RGB", alpha="yes"), slug="alpha")
    version = LayerVersion.objects.get(layer__slug="alpha")
    assert [band["colour"] for band in version.raster["bands"]] == ["red", "green", "blue", "alpha"]
    with rasterio.open(files.path_of(version)) as cog:
        np.testing.assert_array_equal(cog.dataset_mask(), photo[3])


def test_classes_keep_their_colours_and_are_not_averaged(load_tiff, tmp_path):
    values = np.kron(np.array([[1, 2], [3, 1]], "uint8"), np.ones((600, 600), "uint8"))
    colours = {1: (10, 200, 30, 255), 2: (0, 0, 255, 255), 3: (90, 90, 90, 255)}
    load_tiff(write_tiff(tmp_path / "use.tif", values, colours=colours), slug="use")
    version = LayerVersion.objects.get()
    assert version.raster["categorical"] is True
    assert version.raster["colours"]["1"] == "#0ac81e"
    assert version.raster["bands"][0]["values"] == [[1, 720_000], [2, 360_000], [3, 360_000]]
    with rasterio.open(files.path_of(version), overview_level=0) as small:
        assert set(np.unique(small.read(1))) == {1, 2, 3}


def test_a_rotated_raster_is_straightened_and_said_to_be(load_tiff, tmp_path):
    turned = (
        rasterio.Affine.translation(WEST, NORTH) @ rasterio.Affine.rotation(30) @ rasterio.Affine.scale(CELL, -CELL)
    )
    report = load_tiff(
        write_tiff(tmp_path / "r.tif", np.arange(1, 151, dtype="uint8").reshape(15, 10), transform=turned), slug="r"
    )
    assert "raster-warped" in [warning["code"] for warning in report.warnings]
    with rasterio.open(files.path_of(LayerVersion.objects.get())) as cog:
        assert cog.transform.b == cog.transform.d == 0
        assert (cog.dataset_mask() == 0).any()  # the corners
        column, row = ~cog.transform @ (turned @ (5.5, 7.5))
        assert cog.read(1)[int(row), int(column)] == 76


def test_a_raster_upside_down_is_turned_without_touching_a_value(load_tiff, tmp_path):
    values = hills(30, 20)
    transform = rasterio.Affine(CELL, 0, WEST, 0, CELL, NORTH - 30 * CELL)
    load_tiff(write_tiff(tmp_path / "up.tif", values, transform=transform), slug="up")
    with rasterio.open(files.path_of(LayerVersion.objects.get())) as cog:
        np.testing.assert_array_equal(cog.read(1), values[::-1])


def test_ground_control_points_place_a_scan(load_tiff, tmp_path):
    corners = [
        (0, 0, WEST, NORTH),
        (0, 50, WEST + 0.05, NORTH),
        (50, 0, WEST, NORTH - 0.05),
        (50, 50, WEST + 0.05, NORTH - 0.05),
    ]
    points = [GroundControlPoint(row, column, x, y) for row, column, x, y in corners]
    report = load_tiff(write_tiff(tmp_path / "scan.tif", hills(50, 50), gcps=points), slug="scan")
    assert report.bbox == pytest.approx((WEST, NORTH - 0.05, WEST + 0.05, NORTH), abs=1e-4)


def test_a_world_file_and_a_prj_in_a_zip_place_a_bare_picture(load_tiff, tmp_path):
    bare = write_tiff(tmp_path / "bare.tif", hills(20, 20), crs=None, transform=None)
    half = CELL / 2
    world = f"{CELL}\n0\n0\n-{CELL}\n{WEST + half}\n{NORTH - half}\n"
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as packed:
        packed.write(bare, "图/影像.TIF")
        packed.writestr("图/影像.tfw", world)
        packed.writestr("图/影像.prj", rasterio.crs.CRS.from_epsg(4490).to_wkt())
    assert raster_loading.is_raster(tmp_path / "pack.zip")
    report = load_tiff(tmp_path / "pack.zip", slug="bare")
    assert (report.crs, report.crs_from) == ("EPSG:4490", "prj")
    assert report.bbox == pytest.approx((WEST, NORTH - 20 * CELL, WEST + 20 * CELL, NORTH))


def test_without_a_crs_candidates_are_proposed_and_one_can_be_said(load_tiff, tmp_path):
    placed = from_origin(626_500, 3_308_000, 10, 10)
    path = write_tiff(tmp_path / "grid.tif", hills(50, 50), crs=None, transform=placed)
    report = Report()
    with pytest.raises(Refusal) as caught:
        raster_loading.load(LoadOptions(path=path, file_name="grid.tif", slug="r"), report)
    assert caught.value.code == "crs-missing"
    assert report.crs_candidates[0] == {**report.crs_candidates[0], "crs": "EPSG:4549", "in_district": True}
    assert load_tiff(path, slug="r", crs="EPSG:4549").crs_from == "option"
    assert LayerVersion.objects.get().raster["resolution_m"] == pytest.approx(10, abs=0.1)


def test_a_scale_that_is_not_applied_is_said(load_tiff, tmp_path):
    path = write_tiff(tmp_path / "s.tif", np.full((9, 9), 120, "int16"))
    with rasterio.open(path, "r+") as file:
        file.scales = (0.1,)
    assert "raster-scale" in [warning["code"] for warning in load_tiff(path, slug="s").warnings]


def test_what_has_no_place_is_refused(load_tiff, tmp_path):
    path = write_tiff(tmp_path / "nowhere.tif", hills(20, 20), transform=rasterio.Affine.identity())
    assert _refused(load_tiff, path) == "raster-no-georeference"


def test_one_byte_and_a_cut_off_file_are_refused(load_tiff, tmp_path):
    whole = write_tiff(tmp_path / "whole.tif", hills(300, 300))
    (tmp_path / "byte.tif").write_bytes(b"I")
    (tmp_path / "cut.tif").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert _refused(load_tiff, tmp_path / "byte.tif") in ("source-unreadable", "raster-corrupt")
    assert _refused(load_tiff, tmp_path / "cut.tif") == "raster-corrupt"


def test_damage_in_the_middle_of_the_pixels_is_found(load_tiff, tmp_path):
    path = write_tiff(
        tmp_path / "hurt.tif", hills(400, 400), compress="deflate", tiled=True, blockxsize=128, blockysize=128
    )
    with rasterio.open(path) as whole:
        start = int(whole.get_tag_item("BLOCK_OFFSET_1_2", "TIFF", bidx=1))
    content = bytearray(path.read_bytes())
    content[start : start + 500] = b"\xff" * 500
    path.write_bytes(bytes(content))
    assert _refused(load_tiff, path) == "raster-corrupt"


def test_a_raster_that_would_fill_the_disk_is_refused_before_it_is_read(load_tiff, tmp_path, settings):
    path = tmp_path / "bomb.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=40_000, height=40_000, count=1, dtype="float64", crs="EPSG:4326",
        transform=from_origin(121, 30, 1e-5, 1e-5), tiled=True, compress="deflate", SPARSE_OK=True,
    ):  # fmt: skip
        pass
    assert path.stat().st_size < 1_000_000
    assert _refused(load_tiff, path) == "raster-too-large"


def test_nothing_but_no_data_is_refused(load_tiff, tmp_path):
    assert (
        _refused(load_tiff, write_tiff(tmp_path / "e.tif", np.full((9, 9), -1, "int16"), nodata=-1)) == "raster-empty"
    )


def test_complex_numbers_and_offset_datums_are_refused(load_tiff, tmp_path):
    assert _refused(load_tiff, write_tiff(tmp_path / "c.tif", np.ones((9, 9), "complex64"))) == "raster-type"
    assert _refused(load_tiff, write_tiff(tmp_path / "g.tif", hills(9, 9)), datum="gcj02") == "raster-datum"


def test_replace_makes_a_version_and_undo_goes_back(load_tiff, tmp_path):
    load_tiff(write_tiff(tmp_path / "a.tif", hills(30, 30)), slug="dem")
    load_tiff(write_tiff(tmp_path / "b.tif", hills(40, 40)), slug="dem", mode="replace")
    layer = Layer.objects.get()
    assert layer.current_version.raster["width"] == 40
    assert undo_layer("dem").number == 1
    layer.refresh_from_db()
    assert files.path_of(layer.current_version).exists()
    assert layer.geometry_type == "Raster"
    assert len(_stored()) == 2
    with pytest.raises(Refusal) as caught:
        load_tiff(tmp_path / "a.tif", slug="dem", mode="append")
    assert caught.value.code == "raster-mode"


def test_the_same_slug_twice_and_replacing_what_is_not_there_are_refused(load_tiff, tmp_path):
    path = write_tiff(tmp_path / "a.tif", hills(30, 30))
    with pytest.raises(Refusal) as caught:
        load_tiff(path, slug="dem", mode="replace")
    assert caught.value.code == "layer-missing"
    load_tiff(path, slug="dem")
    with pytest.raises(Refusal) as caught:
        load_tiff(path, slug="dem")
    assert caught.value.code == "layer-exists"


def test_a_raster_never_replaces_rows(load_tiff, ponds, tmp_path):
    with pytest.raises(Refusal) as caught:
        load_tiff(write_tiff(tmp_path / "a.tif", hills(9, 9)), slug="ponds", mode="replace")
    assert caught.value.code == "layer-kind-changed"


def test_a_failure_while_publishing_leaves_no_file_and_no_layer(load_tiff, tmp_path, monkeypatch):
    def fail(*_more, **_named):
        raise RuntimeError("power cut")

    monkeypatch.setattr(raster_loading, "record", fail)
    with pytest.raises(RuntimeError):
        load_tiff(write_tiff(tmp_path / "a.tif", hills(30, 30)), slug="dem")
    assert not Layer.objects.exists()
    assert _stored() == []


def test_cancelling_stops_the_child_and_leaves_nothing(world, tmp_path):
    class Stop(Exception):
        pass

    def progress(phase, done, total):
        if phase == "converting":
            raise Stop

    with pytest.raises(Stop):
        raster_loading.load(
            LoadOptions(path=write_tiff(tmp_path / "a.tif", hills()), file_name="a.tif", slug="a"), Report(), progress
        )
    assert not Layer.objects.exists()
    assert _stored() == []


def test_files_of_killed_loads_are_swept_away_later(load_tiff, tmp_path):
    load_tiff(write_tiff(tmp_path / "a.tif", hills(30, 30)), slug="dem")
    kept = _stored()
    shutil.copy(kept[0], kept[0].with_name("orphan.tif"))
    addressed.store().make_mark(marks.own_mark())
    assert reconciliation.compare(remove=True).removed == 0  # it may belong to a load that is running
    assert reconciliation.compare(remove=True, now=timezone.now() + timedelta(days=2)).removed == 1
    assert _stored() == kept


def test_a_raster_whose_file_is_lost_says_so_and_is_no_fault_of_ours(load_tiff, tmp_path, as_user, gis):
    load_tiff(write_tiff(tmp_path / "a.tif", hills(30, 30)), slug="dem")
    _stored()[0].unlink()
    client = as_user(gis)
    for address in ("/layers/dem/raster/file.tif", "/layers/dem/raster/picture.png", "/rasters/dem/10/856/420.png"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "找不到" in answer.content.decode()
    assert client.get("/rasters/").status_code == 200


def test_a_dry_run_describes_and_stores_nothing(world, tmp_path):
    report = Report()
    options = LoadOptions(path=write_tiff(tmp_path / "a.tif", hills()), file_name="a.tif", slug="a", dry_run=True)
    raster_loading.load(options, report)
    assert (report.status, report.raster["width"], report.version) == ("previewed", 200, None)
    assert report.picture.startswith("iVBOR")  # PNG in base64
    assert "picture" not in report.as_json()
    assert not Layer.objects.exists()
    assert _stored() == []
