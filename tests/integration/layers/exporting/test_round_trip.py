"""An export loaded into its own layer changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from layers.exporting.services import export_version
from layers.importing.import_report import Report
from layers.models import Layer
from layers.storage.rows import rows_of

pytestmark = pytest.mark.django_db
TIMES = ["2026-11-28T08:00:00", "2026-11-28T23:59:59", "1988-07-01T12:00:00", None]
AT = [121.4123456, 29.8123456]


@pytest.fixture
def visits(world: Any, tmp_path: Path, load_file: Callable[..., Report]) -> Layer:
    """Points with local times, with one of summer time (1988) and one without a time."""
    rows = [
        {"type": "Feature",
         "properties": {"no": f"{number:03}", "seen": time, "depth": 0.25 * number, "deep": number > 1, "word": ""},
         "geometry": {"type": "Point", "coordinates": AT}}
        for number, time in enumerate(TIMES)
    ]  # fmt: skip
    path = tmp_path / "visits.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    load_file(path, slug="visits", key="no", field_types={"seen": "datetime"})
    return Layer.objects.get(slug="visits")


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "csv", "zip"])
def test_an_export_loaded_into_its_own_layer_differs_by_nothing(
    visits: Layer, tmp_path: Path, load_file: Callable[..., Report], suffix: str
) -> None:
    target = tmp_path / f"again.{suffix}"
    export_version(visits.current_version, target)
    report = load_file(
        target, slug="visits", key="no", mode="replace", dry_run=True,
        **({"crs": "EPSG:4326"} if suffix == "csv" else {}),
    )  # fmt: skip
    assert report.difference is not None
    assert (report.difference["changed"], report.difference["unchanged"]) == (0, len(TIMES))


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb"])
def test_a_reader_of_an_export_learns_which_moment_was_meant(visits: Layer, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"again.{suffix}"
    export_version(visits.current_version, target)
    meta, _fids, _geometry, data = pyogrio.raw.read(target, datetime_as_string=True)
    seen = dict(zip(meta["fields"], data, strict=True))["seen"]
    assert any(str(text).startswith(("2026-11-28T00:00:00", "2026/11/28 00:00:00")) for text in seen), list(seen)
    first = next(str(text) for text in seen if text and "00:00:00" in str(text))
    assert first.endswith(("Z", "+00:00", "+00"))


def test_rounding_of_doubles_in_a_shapefile_is_said(
    world: Any, tmp_path: Path, load_file: Callable[..., Report]
) -> None:
    (tmp_path / "a.csv").write_text("no,depth,half,lng,lat\n1,0.12345678901234567,0.5,121.31,29.85\n")
    load_file(tmp_path / "a.csv", slug="a")
    said = export_version(Layer.objects.get().current_version, tmp_path / "a.zip").warnings
    assert [line for line in said if "15" in line and "depth" in line] and not [line for line in said if "half" in line]


def test_the_layer_keeps_local_times(visits: Layer) -> None:
    assert [str(row.f1) for row in rows_of(visits.current_version).order_by("f0")][:2] == [
        "2026-11-28 08:00:00", "2026-11-28 23:59:59",
    ]  # fmt: skip
