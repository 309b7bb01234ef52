"""GIS files of the set-up's pages are read in a process of their own, whose end costs nothing but an answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.loads.registry import declared
from accounts.models import User
from geo_portal.setup import reading_apart
from geo_portal.setup.reading import Reading, read_file
from geokit.refusal import BadInput
from tests.conftest import World

POINT = {
    "type": "Feature",
    "properties": {"编码": "S-1", "名称": "塘"},
    "geometry": {"type": "Point", "coordinates": [121.5, 29.8]},
}
LINE = {**POINT, "geometry": {"type": "LineString", "coordinates": [[121.5, 29.8], [121.6, 29.8]]}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    body = {"type": "FeatureCollection", "features": [POINT, LINE]}
    (tmp_path / "a.geojson").write_text(json.dumps(body), encoding="utf-8")
    return tmp_path / "a.geojson"


def test_a_process_of_its_own_reads_what_this_one_would(path: Path) -> None:
    points = declared()["points"]
    apart = reading_apart.read_apart(points, path.name, path, Reading())
    assert apart == read_file(points, path.name, path, Reading())
    assert ([row["code"] for row in apart.rows], len(apart.refused)) == (["S-1"], 1)


def test_of_several_kinds_the_one_that_is_taken_is_read_and_each_other_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"

    def outcome(*features: dict[str, Any]) -> tuple[list[str], list[tuple[int, str]]]:
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        found = read_file(declared()["points"], path.name, path, Reading())
        return [row["code"] for row in found.rows], [(row.number, row.errors[0].code) for row in found.refused]

    ring = [[121.5, 29.8], [121.6, 29.8], [121.6, 29.9], [121.5, 29.8]]
    area = {**POINT, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    assert outcome(LINE, LINE, POINT) == (["S-1"], [(1, "geometry-type-differs"), (2, "geometry-type-differs")])
    assert outcome(LINE, area, area) == ([], [(1, "geometry-type-differs"), (2, "geometry-type"), (3, "geometry-type")])


def test_a_file_that_is_none_is_refused_with_its_code(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_bytes(b"no package")
    with pytest.raises(BadInput) as apart:
        reading_apart.read_apart(declared()["points"], "a.gpkg", tmp_path / "a.gpkg", Reading())
    with pytest.raises(BadInput) as here:
        read_file(declared()["points"], "a.gpkg", tmp_path / "a.gpkg", Reading())
    assert (apart.value.code, apart.value.errors) == (here.value.code, here.value.errors)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [("SECONDS", -1, "time-limit"), ("COMMAND", "no_such_command", "worker-crashed")],
)
def test_a_reader_that_is_ended_says_so_on_the_page(
    world: World,
    admin_user: User,
    as_user: Any,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: Any,
    code: str,
) -> None:
    monkeypatch.setattr(reading_apart, name, value)
    answer = as_user(admin_user).post("/setup/points/", {"file": SimpleUploadedFile("a.geojson", path.read_bytes())})
    assert answer.status_code == 400
    assert [error.code for error in answer.context["form"].errors["file"].as_data()] == [code]
