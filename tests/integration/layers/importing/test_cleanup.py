"""Old uploads and versions go after their time, with a record; what is published stays."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from geokit.refusal import Refusal
from layers.importing.cleanup import clean_up, disk_use
from layers.models import ImportJob, Layer, LayerVersion
from layers.storage.versions import undo_layer
from ledger.models import AuditEntry
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def four_versions(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """Of which the third is published."""
    for number in range(1, 5):
        path = write_file(tmp_path / f"v{number}.gpkg", [square(121.3, 29.8)], [{"n": number}])
        load_file(path, slug="old", mode="create" if number == 1 else "replace")
    undo_layer("old", to_version=2)
    LayerVersion.objects.update(created=timezone.now() - timedelta(days=400))
    return Layer.objects.get(slug="old")


def tables_of(layer: Layer) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'layer_data'")
        return {name for (name,) in cursor.fetchall() if name.startswith(f"l{layer.pk}_v")}


def test_old_versions_go_but_the_newest_and_the_published_stay(four_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 1)
    assert [item["version"] for item in clean_up()["versions"]] == [1, 3]
    assert tables_of(four_versions) == {f"l{four_versions.pk}_v{number}" for number in (2, 4)}
    removed = LayerVersion.objects.get(layer=four_versions, number=1)
    assert removed.removed is not None
    assert len(removed.sha256) == 64
    assert AuditEntry.objects.filter(verb="layer.clean").count() == 2
    assert clean_up()["versions"] == []


def test_a_version_whose_rows_are_gone_cannot_be_published_again(four_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 1)
    clean_up()
    with pytest.raises(Refusal) as caught:
        undo_layer("old", to_version=1)
    assert caught.value.code == "version-removed"
    assert undo_layer("old", to_version=4).number == 4
    assert undo_layer("old").number == 2


def test_young_versions_stay_however_many(four_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 1)
    LayerVersion.objects.update(created=timezone.now() - timedelta(days=89))
    assert clean_up()["versions"] == []
    assert len(tables_of(four_versions)) == 4


@pytest.mark.parametrize(
    ("sittings", "published", "due"),
    [
        ((2, 3, 4), 4, [2, 3]),  # the delivery stays, however many sittings came after it
        ((2,), 2, [3]),  # and the one that a sitting began from, however many deliveries
        ((2, 4), 4, [1, 2]),  # it goes with the sitting
    ],
)
def test_sittings_of_edits_are_counted_apart_and_keep_the_delivery_before_them(
    four_versions: Layer, set_rule: Callable, sittings: tuple[int, ...], published: int, due: list[int]
) -> None:
    set_rule("layers.keep_versions", 1)
    LayerVersion.objects.filter(number__in=sittings).update(mode=LayerVersion.Mode.EDIT)
    undo_layer("old", to_version=published)
    assert [item["version"] for item in clean_up()["versions"]] == due
    assert tables_of(four_versions) == {f"l{four_versions.pk}_v{number}" for number in {1, 2, 3, 4} - set(due)}


def test_a_young_sitting_keeps_the_delivery_before_it(four_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 0)
    LayerVersion.objects.filter(number=3).update(mode=LayerVersion.Mode.EDIT, created=timezone.now())
    undo_layer("old", to_version=4)
    assert [item["version"] for item in clean_up()["versions"]] == [1]


def test_a_dry_run_tells_and_removes_nothing(four_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 1)
    out = StringIO()
    call_command("clean_layers", "--dry-run", "--json", stdout=out)
    body = json.loads(out.getvalue())
    assert [item["version"] for item in body["versions"]] == [1, 3]
    assert body["disk"]["layers"][0]["slug"] == "old"
    assert body["disk"]["tables"] > 0
    assert len(tables_of(four_versions)) == 4


def upload(name: str, state: str, days: int, user: Any) -> Path:
    folder = Path(django_settings.MEDIA_ROOT) / "imports" / name
    folder.mkdir(parents=True)
    (folder / "a.gpkg").write_bytes(b"x" * 100)
    job = ImportJob.objects.create(
        file=f"imports/{name}/a.gpkg", file_name="a", sha256="0", state=state, created_by=user
    )
    ImportJob.objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(days=days))
    return folder


def test_uploads_go_when_their_job_is_old_and_not_at_work(gis: Any) -> None:
    old, waiting, running, young = (
        upload(name, state, days, gis)
        for name, state, days in [("a", "done", 60), ("b", "previewed", 60), ("c", "loading", 60), ("d", "done", 2)]
    )
    stray, coming = (Path(django_settings.MEDIA_ROOT) / "imports" / name for name in ("stray", "coming"))
    stray.mkdir()
    coming.mkdir()
    os.utime(stray, (0, 0))
    assert disk_use()["uploads"] == 400
    assert clean_up()["uploads"] == 3
    assert [path.exists() for path in (old, waiting, running, young, stray, coming)] == [
        False, False, True, True, False, True,
    ]  # fmt: skip
    expired = ImportJob.objects.get(file="imports/b/a.gpkg")
    assert (expired.state, expired.error_code) == ("cancelled", "upload-expired")
