"""One table of formats: whatever reads, accepts or names a format takes it from there."""

from pathlib import Path

import pyogrio
import pytest

from geokit.formats.table import BY_DRIVER, FORMATS, SINGLE_FILE_FORMATS, UPLOAD_SUFFIXES, Format, titles
from geokit.readers import gdal_drivers  # noqa: F401 - takes drivers away
from geokit.refusal import BadInput
from geokit.sources.discovery import open_layers

NOT_OF_ANY_FORMAT = b"\x7fELF\x00 neither text nor a map"
REACHING_OUT = {"OGR_VRT", "GDALG", "WFS", "OAPIF", "HTTP", "CSW", "PostgreSQL", "OGR_PDS", "Elasticsearch"}


def test_no_suffix_and_no_driver_stands_for_two_formats() -> None:
    suffixes = [suffix for item in FORMATS for suffix in item.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len(BY_DRIVER) == len(FORMATS)


def test_gdal_keeps_the_drivers_of_the_table_and_none_that_reaches_elsewhere() -> None:
    kept = set(pyogrio.list_drivers())
    assert {driver for item in FORMATS for driver in item.gdal_drivers} <= kept
    assert not kept & REACHING_OUT


@pytest.mark.parametrize("item", SINGLE_FILE_FORMATS, ids=lambda item: item.driver)
def test_a_file_of_another_kind_under_a_suffix_of_the_table_is_refused(item: Format, tmp_path: Path) -> None:
    for number, suffix in enumerate(item.suffixes):
        assert suffix in UPLOAD_SUFFIXES
        path, work = tmp_path / f"data{suffix}", tmp_path / str(number)
        path.write_bytes(NOT_OF_ANY_FORMAT)
        work.mkdir()
        with pytest.raises(BadInput) as caught:
            open_layers(path, work)
        assert caught.value.code == "source-unreadable"


def test_the_sentence_for_people_names_every_format() -> None:
    assert titles().split("、") == [item.title for item in FORMATS]
    assert {"Shapefile", "GeoPackage", "GeoTIFF"} <= set(titles().split("、"))
