"""What a file and a layer are called after the name that others gave a file."""

import pytest

from layers.importing.options import SLUG_LENGTH, free_slug
from layers.importing.uploads import safe_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("河道.SHP", "河道.shp"),
        ("../../etc/pass wd.geojson", "pass_wd.geojson"),
        ("C:\\数据\\断面.dbf", "断面.dbf"),
        ("a\x00b\nc.zip", "a_b_c.zip"),
        ("（）.geojson", "upload.geojson"),
        ("..", "upload"),
        ("", "upload"),
        ("长" * 80 + ".gpkg", "长" * 60 + ".gpkg"),
    ],
)
def test_a_file_is_kept_under_what_its_name_holds_of_letters(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_file_that_was_fetched_is_called_otherwise() -> None:
    assert safe_name("？？.csv", "download") == "download.csv"


def test_a_slug_that_is_taken_gets_a_number_and_no_longer_than_a_slug() -> None:
    long = "x" * SLUG_LENGTH
    assert free_slug("river", ()) == "river"
    assert free_slug("river", {"river", "river_2"}) == "river_3"
    assert free_slug(long, {long}) == f"{'x' * (SLUG_LENGTH - 4)}_2"
