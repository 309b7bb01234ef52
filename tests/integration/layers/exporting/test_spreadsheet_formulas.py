"""Names and values that somebody uploaded never run as formulas in the CSVs that the site gives out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.exporting.services import export_version
from layers.models import Layer, LayerRejection
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db
FORMULAS = ("=cmd()", "+1+cmd()", "-1+cmd()", "@SUM(A1)", "\t=cmd()", "\r=cmd()")
RUNS = tuple("=+-@\t\r")


def cells(content: bytes | str) -> list[list[str]]:
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def hostile(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """A layer whose field names and values all begin as formulas do."""
    shapes = [square(121.3 + number / 100, 29.8) for number in range(len(FORMULAS))]
    rows = [{name: f"{formula}{name}" for name in FORMULAS[:4]} for formula in FORMULAS]
    load_file(write_file(tmp_path / "hostile.gpkg", shapes, rows), slug="hostile")
    return Layer.objects.get(slug="hostile")


def test_a_row_report_keeps_uploaded_names_and_values_as_text(
    hostile: Layer, client: Any, as_user: Any, gis: Any
) -> None:
    LayerRejection.objects.bulk_create(
        LayerRejection(version=hostile.current_version, row=number, field=text, code="value-invalid", reason=text)
        for number, text in enumerate(FORMULAS, start=1)
    )
    answer = as_user(gis).get("/layers/hostile/versions/1/rows.csv")
    head, *rows = cells(b"".join(answer))
    assert head == ["row", "field", "code", "reason", "outcome"]
    assert [(row[1], row[3]) for row in rows] == [(f"'{text}", f"'{text}") for text in FORMULAS]


def test_table_and_export_keep_heads_and_values_as_text(hostile: Layer, client: Any, tmp_path: Path) -> None:
    export_version(hostile.current_version, tmp_path / "out.csv")
    shown = b"".join(client.get("/layers/hostile/table.csv"))
    for content in (shown, (tmp_path / "out.csv").read_bytes()):
        head, *rows = cells(content)
        assert [f"'{name}" for name in FORMULAS[:4]] == [name for name in head if name not in ("id", "wkt")]
        assert len(rows) == len(FORMULAS)
        assert not [cell for row in rows for cell in row if cell.startswith(RUNS)]
        assert "'=cmd()=cmd()" in rows[0]
