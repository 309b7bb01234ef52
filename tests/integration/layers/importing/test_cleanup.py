"""Old uploads and versions go after their time, with a record; what is published stays."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.rules import services as rules
from geokit.refusal import BadInput, Refusal
from layers.importing.cleanup import clean_up, disk_use, due_uploads
from layers.models import ImportJob, Layer, LayerVersion
from layers.storage.versions import undo_layer
from ledger.models import AuditEntry
from tests.data.gis_files import square, write_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def six_versions(world: Any, tmp_path: Path, load_file: Callable) -> Layer:
    """Loaded long ago, the last of them published."""
    for number in range(1, 7):
        path = write_file(tmp_path / f"v{number}.gpkg", [square(121.3, 29.8)], [{"n": number}])
        load_file(path, slug="old", mode="create" if number == 1 else "replace")
    LayerVersion.objects.update(created=timezone.now() - timedelta(days=400))
    return Layer.objects.get(slug="old")


def published_long_ago(number: int) -> None:
    """Go back to a version, as if it had been a year ago."""
    with time_machine.travel(timezone.now() - timedelta(days=399)):
        undo_layer("old", to_version=number)


def tables_of(layer: Layer) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'layer_data'")
        return {name for (name,) in cursor.fetchall() if name.startswith(f"l{layer.pk}_v")}


def test_old_versions_go_but_the_newest_and_the_published_stay(six_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 2)
    published_long_ago(2)
    assert [item["version"] for item in clean_up()["versions"]] == [1, 3, 4]
    assert tables_of(six_versions) == {f"l{six_versions.pk}_v{number}" for number in (2, 5, 6)}
    removed = LayerVersion.objects.get(layer=six_versions, number=1)
    assert removed.removed is not None
    assert len(removed.sha256) == 64
    assert AuditEntry.objects.filter(verb="layer.clean").count() == 3
    assert clean_up()["versions"] == []


def test_a_version_whose_rows_are_gone_cannot_be_published_again(six_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 2)
    published_long_ago(2)
    clean_up()
    with pytest.raises(Refusal) as caught:
        undo_layer("old", to_version=1)
    assert caught.value.code == "version-removed"
    assert undo_layer("old", to_version=5).number == 5
    assert undo_layer("old").number == 2


def test_young_versions_stay_however_many(six_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 2)
    LayerVersion.objects.update(created=timezone.now() - timedelta(days=89))
    assert clean_up()["versions"] == []
    assert len(tables_of(six_versions)) == 6


def test_days_count_from_when_a_version_was_replaced(six_versions: Layer, set_rule: Callable) -> None:
    """What was published until today is young, however long ago it was loaded."""
    set_rule("layers.keep_versions", 2)
    published_long_ago(2)
    undo_layer("old", to_version=6)
    assert [item["version"] for item in clean_up()["versions"]] == [1, 3, 4]


def test_a_smaller_number_removes_nothing_for_a_month(six_versions: Layer, staff: User) -> None:
    folder = upload("a", "done", 20, staff)
    for key, value in (("layers.keep_versions", 2), ("layers.keep_days", 30), ("layers.upload_days", 7)):
        rules.change(staff, key, value, effective_from=timezone.localdate(), reason="磁盘满了")
    assert clean_up() == {"versions": [], "uploads": 0, "upload_bytes": 0}
    for key, value in (("layers.keep_versions", 1), ("layers.keep_days", 29), ("layers.upload_days", 6)):
        with pytest.raises(BadInput):
            rules.change(staff, key, value, effective_from=timezone.localdate(), reason="磁盘满了")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert [item["version"] for item in clean_up()["versions"]] == [1, 2, 3, 4]
    assert not folder.exists()


@pytest.mark.parametrize(
    ("sittings", "published", "due"),
    [
        ((2, 3, 4, 5, 6), 6, [2, 3, 4]),  # the delivery stays, however many sittings came after it
        ((2,), 2, [3, 4]),  # and the one that a sitting began from, however many deliveries
        ((2, 4, 6), 6, [1, 2]),  # it goes with the sitting
    ],
)
def test_sittings_of_edits_are_counted_apart_and_keep_the_delivery_before_them(
    six_versions: Layer, set_rule: Callable, sittings: tuple[int, ...], published: int, due: list[int]
) -> None:
    set_rule("layers.keep_versions", 2)
    LayerVersion.objects.filter(number__in=sittings).update(mode=LayerVersion.Mode.EDIT)
    published_long_ago(published)
    assert [item["version"] for item in clean_up()["versions"]] == due
    assert tables_of(six_versions) == {f"l{six_versions.pk}_v{number}" for number in set(range(1, 7)) - set(due)}


def test_a_young_sitting_keeps_the_delivery_before_it(six_versions: Layer, set_rule: Callable) -> None:
    """It was replaced ten days ago; neither it nor what it began from is among the newest."""
    set_rule("layers.keep_versions", 2)
    LayerVersion.objects.filter(number__in=(2, 5, 6)).update(mode=LayerVersion.Mode.EDIT)
    LayerVersion.objects.filter(number__gte=3).update(created=timezone.now() - timedelta(days=10))
    assert clean_up()["versions"] == []
    LayerVersion.objects.filter(number__gte=3).update(created=timezone.now() - timedelta(days=100))
    assert [item["version"] for item in clean_up()["versions"]] == [1, 2]


def test_a_dry_run_tells_and_removes_nothing(six_versions: Layer, set_rule: Callable) -> None:
    set_rule("layers.keep_versions", 2)
    published_long_ago(2)
    out = StringIO()
    call_command("clean_layers", "--dry-run", "--json", stdout=out)
    body = json.loads(out.getvalue())
    assert [item["version"] for item in body["versions"]] == [1, 3, 4]
    assert body["disk"]["layers"][0]["slug"] == "old"
    assert body["disk"]["tables"] > 0
    assert len(tables_of(six_versions)) == 6


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


def test_an_upload_that_comes_in_while_old_ones_are_looked_for_stays(gis: Any) -> None:
    came: list[str] = []

    def then_one_comes(execute: Callable, sql: str, *rest: Any) -> Any:
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and "layers_importjob" in sql and not came:
            came.append("fresh")
            upload("fresh", "uploaded", 0, gis)
        return found

    upload("old", "done", 60, gis)
    with connection.execute_wrapper(then_one_comes):
        assert [folder.name for folder in due_uploads()] == ["old"]
    assert came
