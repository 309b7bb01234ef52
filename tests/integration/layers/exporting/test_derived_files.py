"""Files made from a layer (exports in every format, its picture) hold what their reader may see now, and go with it.

The layer has a column of telephone numbers. Whatever happens to the layer's visibility, its published columns or its
version while files are being made and kept, no number comes to the public.
"""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pmtiles.reader import MemorySource, all_tiles
from pmtiles.reader import Reader as PmtilesReader

from layers.catalogue import thumbnails
from layers.catalogue.publication import publish, withdraw
from layers.exporting import jobs as export_jobs
from layers.models import Layer
from layers.pages.exporting import views as export_views
from layers.pages.exporting.choices import FORMATS
from layers.storage import derived
from layers.storage.versions import undo_layer
from layers.styling.services import save_style
from layers.styling.style import Style, StyleClass
from tests.data.gis_files import pond_squares, write_file

pytestmark = pytest.mark.django_db
NUMBER = "13800571234"
COLUMNS = ["名称", "电话"]
ROLES = ["public", "deputy", "officer", "gis", "staff", "admin_user"]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was handed to the worker. Every export goes to it, as one of a large layer does."""
    jobs: list[tuple[Any, ...]] = []
    monkeypatch.setattr(export_jobs, "enqueue", lambda name, *args, **more: jobs.append(args))
    monkeypatch.setattr(export_views, "AT_ONCE_ROWS", 0)
    return jobs


@pytest.fixture
def phones(world: Any, tmp_path: Path, load_file: Callable[..., Any]) -> Layer:
    """A layer for signed-in people, coloured by the telephone number; never published."""
    load(tmp_path, load_file, "one")
    layer = Layer.objects.get(slug="phones")
    style = Style(kind="categorized", field="电话", classes=(StyleClass("#ff0000", value=NUMBER),))
    return save_style(layer, style, layer.revision, None)


def load(folder: Path, load_file: Callable[..., Any], name: str, **options: Any) -> None:
    rows = [{"名称": f"塘{place}", "电话": NUMBER} for place in range(3)]
    write_file(path := folder / f"{name}.gpkg", pond_squares(), rows)
    load_file(path, visibility="internal", slug="phones", title="联系人", **options)


@pytest.fixture
def ask(
    request: pytest.FixtureRequest, as_user: Callable, queued: list[tuple[Any, ...]]
) -> Callable[[str, str], bytes | int]:
    """Ask for an export as somebody, let the worker make it, ask again: its content, or the status of the refusal."""

    def asked(role: str, suffix: str) -> bytes | int:
        client = as_user(None if role == "public" else request.getfixturevalue(role))
        address = f"/layers/phones/export.{suffix}"
        answer = client.get(address)
        if answer.status_code == 202:
            work(queued)
            answer = client.get(address)
        return b"".join(answer.streaming_content) if answer.status_code == 200 else answer.status_code

    return asked


def work(queued: list[tuple[Any, ...]]) -> None:
    while queued:
        export_jobs.run(*queued.pop(0))


def text_of(content: bytes) -> bytes:
    """Everything that is in the file, unpacked."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"PMTiles"):
        source = MemorySource(content)
        tiles = b"".join(gzip.decompress(tile) for _place, tile in all_tiles(source))
        return tiles + json.dumps(PmtilesReader(source).metadata(), ensure_ascii=False).encode()
    return content


def open_to_public(layer: Layer, columns: list[str], water: Any) -> Layer:
    layer.refresh_from_db()
    facts = {"source": "普查", "licence": "开放", "review_number": "不需要审图", "data_date": "2026-03-05"}
    publish(layer, {**facts, "department": water}, columns, True, layer.revision, None)
    layer.refresh_from_db()
    return layer


def kept() -> list[Path]:
    """Files of exports and pictures on disk."""
    return [path for kind in derived.KINDS for path in derived.root(kind).rglob("*") if path.is_file()]


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_format_of_what_was_internal_reaches_the_public(
    phones: Layer, world: Any, ask: Callable, suffix: str
) -> None:
    """The leak that was: tiles made while the layer was internal were sent to the public after publication."""
    for role in ROLES[1:]:
        inside = ask(role, suffix)
        assert isinstance(inside, bytes), (role, inside)
        assert NUMBER.encode() in text_of(inside), role
    assert ask("public", suffix) == 404

    open_to_public(phones, ["名称"], world.water)
    outside = ask("public", suffix)
    assert isinstance(outside, bytes)
    assert "塘1".encode() in text_of(outside)
    assert NUMBER.encode() not in text_of(outside)

    phones.refresh_from_db()
    withdraw(phones, phones.revision, None)
    assert ask("public", suffix) == 404
    assert NUMBER.encode() in text_of(ask("deputy", suffix))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_column_that_is_closed_again_is_in_no_file_from_before(
    phones: Layer, world: Any, ask: Callable, suffix: str
) -> None:
    open_to_public(phones, COLUMNS, world.water)
    assert NUMBER.encode() in text_of(ask("public", suffix))
    open_to_public(phones, ["名称"], world.water)
    assert NUMBER.encode() not in text_of(ask("public", suffix))


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_write_past_the_services_makes_no_old_file_fit(phones: Layer, world: Any, ask: Callable, suffix: str) -> None:
    """An operator who closes a column in SQL moves no revision, and no signal is sent."""
    open_to_public(phones, COLUMNS, world.water)
    assert NUMBER.encode() in text_of(ask("public", suffix))
    Layer.objects.update(public_fields=["名称"])
    assert NUMBER.encode() not in text_of(ask("public", suffix))
    Layer.objects.update(visibility="internal")
    assert ask("public", suffix) == 404


def test_a_signed_in_reader_gets_all_columns_and_leaves_nothing_for_the_public(
    phones: Layer, world: Any, ask: Callable
) -> None:
    open_to_public(phones, ["名称"], world.water)
    for suffix in FORMATS:
        for role in ROLES[1:]:
            inside = ask(role, suffix)
            # Tiles of a public layer are made to be put where everybody fetches them.
            assert (NUMBER.encode() in text_of(inside)) == (suffix != "pmtiles"), (suffix, role)
        assert NUMBER.encode() not in text_of(ask("public", suffix)), suffix


FLIPS: dict[str, Callable[[Layer, Any], object]] = {
    "published": lambda layer, world: open_to_public(layer, ["名称"], world.water),
    "withdrawn": lambda layer, world: withdraw(open_to_public(layer, COLUMNS, world.water), layer.revision, None),
    "restyled": lambda layer, world: save_style(layer, Style(), layer.revision, None),
    "taken off the map": lambda layer, world: undo_layer("phones"),
    "deleted": lambda layer, world: (
        Layer.objects.update(current_version=None), layer.versions.all().delete(), layer.delete(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("flip", FLIPS)
def test_files_go_when_what_may_be_seen_changes(
    phones: Layer, world: Any, ask: Callable, flip: str, django_capture_on_commit_callbacks: Any
) -> None:
    ask("gis", "pmtiles")
    ask("gis", "gpkg")
    thumbnails.draw_missing(phones.pk)
    before = set(kept())
    assert {path.suffix for path in before} == {".pmtiles", ".gpkg", ".webp"}
    with django_capture_on_commit_callbacks(execute=True):
        FLIPS[flip](phones, world)
    assert not before & set(kept())


def test_a_new_version_takes_the_files_of_the_old_one_with_it(
    phones: Layer, ask: Callable, tmp_path: Path, load_file: Callable, django_capture_on_commit_callbacks: Any
) -> None:
    ask("gis", "pmtiles")
    before = set(kept())
    with django_capture_on_commit_callbacks(execute=True):
        load(tmp_path, load_file, "two", mode="replace")
    assert before
    assert not before & set(kept())


def test_what_is_rolled_back_takes_no_file(
    phones: Layer, ask: Callable, django_capture_on_commit_callbacks: Any
) -> None:
    ask("gis", "gpkg")
    before = set(kept())
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ValueError, match="undone"),
        transaction.atomic(),
    ):
        undo_layer("phones")
        raise ValueError("undone")
    assert before
    assert set(kept()) == before


def test_a_change_while_the_worker_writes_leaves_nothing(
    phones: Layer, world: Any, as_user: Callable, gis: Any, queued: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(gis).get("/layers/phones/export.gpkg")
    write = export_jobs.write

    def slow_write(*given: Any) -> None:
        write(*given)
        open_to_public(phones, ["名称"], world.water)

    monkeypatch.setattr(export_jobs, "write", slow_write)
    work(queued)
    assert not [path for path in kept() if path.suffix == ".gpkg"]


def test_a_change_while_a_job_waits_makes_it_void(
    phones: Layer, world: Any, as_user: Callable, gis: Any, queued: list[Any]
) -> None:
    as_user(gis).get("/layers/phones/export.csv")
    open_to_public(phones, ["名称"], world.water)
    work(queued)
    assert not [path for path in kept() if path.suffix == ".csv"]


def test_an_order_from_before_an_upgrade_makes_nothing(phones: Layer) -> None:
    export_jobs.run({"slug": "phones", "version": phones.current_version_id, "suffix": ".pmtiles", "columns": []})
    assert kept() == []


def test_the_night_finds_what_a_write_past_the_services_left(phones: Layer, world: Any, ask: Callable) -> None:
    open_to_public(phones, COLUMNS, world.water)
    ask("public", "csv")
    Layer.objects.update(public_fields=["名称"])
    assert [path.suffix for path in kept()].count(".csv") == 1
    derived.remove_all_stale()
    assert ".csv" not in [path.suffix for path in kept()]


def test_the_picture_of_the_inside_is_kept_by_no_proxy(
    phones: Layer, world: Any, as_user: Callable, gis: Any, client: Any
) -> None:
    thumbnails.draw_missing(phones.pk)
    assert client.get("/layers/phones/thumbnail.webp").status_code == 404
    inside = as_user(gis).get("/layers/phones/thumbnail.webp")
    assert "private" in inside["Cache-Control"]
    open_to_public(phones, ["名称"], world.water)
    thumbnails.draw_missing(phones.pk)
    outside = client.get("/layers/phones/thumbnail.webp")
    assert b"".join(outside.streaming_content) != b"".join(inside.streaming_content)
    # Taken back, it is gone from every cache that others share within a minute.
    assert "max-age=60" in outside["Cache-Control"]
