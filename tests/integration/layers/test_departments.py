"""A department brings its own layers: loads, describes and publishes them, and is reminded when they are late."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Notice, User
from geokit.refusal import BadInput, NotPermitted
from layers.catalogue.deliveries import remind
from layers.importing import jobs
from layers.models import ImportJob, Layer, LayerVersion
from layers.overlay.models import OverlayRun
from ledger.models import AuditEntry
from tests.data.gis_files import gbk_ponds

CHOICES = {"mode": "create", "slug": "ponds", "title": "小微水体", "datum": "wgs84", "invalid": "repair"}


@pytest.fixture
def inspected(tmp_path: Path) -> Callable[[Any], ImportJob]:
    def upload(client: Any) -> ImportJob:
        path = gbk_ponds(tmp_path)
        file = SimpleUploadedFile(path.name, path.read_bytes())
        assert client.post("/layers/import/", {"file": [file]}).status_code == 302
        job = ImportJob.objects.latest("pk")
        jobs.inspect_upload(job.pk)
        job.refresh_from_db()
        return job

    return upload


@pytest.fixture
def own(world: Any, ponds: Layer) -> Layer:
    """A layer inside, of the officer's department."""
    Layer.objects.filter(pk=ponds.pk).update(visibility="internal", department=world.water, expected_days=30)
    ponds.refresh_from_db()
    return ponds


def test_what_an_officer_loads_is_her_departments_and_inside(
    officer: User, other_officer: User, world: Any, as_user: Any, inspected: Any
) -> None:
    client, stranger = as_user(officer), as_user(other_officer)
    job = inspected(client)
    for page in ("", "status/", "preview.geojson", "findings/"):
        assert stranger.get(f"/layers/import/{job.pk}/{page}").status_code == 404, page
    for step in ("confirm", "cancel", "retry"):
        assert stranger.post(f"/layers/import/{job.pk}/{step}/", CHOICES).status_code == 404
    assert job.file_name not in stranger.get("/layers/import/history/").content.decode()
    assert client.post(f"/layers/import/{job.pk}/confirm/", CHOICES).status_code == 302
    jobs.run_import(job.pk)
    layer = Layer.objects.get()
    assert (layer.department, layer.visibility) == (world.water, "internal")
    assert "版本 1" in client.get("/layers/ponds/").content.decode()
    assert "版本 1" not in stranger.get("/layers/ponds/").content.decode()


def test_an_officer_updates_no_other_departments_layer(
    own: Layer, officer: User, other_officer: User, as_user: Any, inspected: Any, gis: User
) -> None:
    client = as_user(other_officer)
    job = inspected(client)
    refused = client.post(f"/layers/import/{job.pk}/confirm/", CHOICES | {"mode": "replace"})
    assert refused.status_code == 400 and "由您的部门提供" in refused.content.decode()
    ImportJob.objects.filter(pk=job.pk).update(state="queued", options=CHOICES | {"mode": "replace", "slug": own.slug})
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code, own.versions.count()) == ("failed", "layer-missing", 1)
    steps: list[tuple[str, dict[str, str]]] = [
        ("undo", {}), ("edit", {"title": "我的"}), ("publish", {}), ("withdraw", {}), ("style", {}), ("remind", {}),
    ]  # fmt: skip
    for step, form in steps:
        assert client.post(f"/layers/{own.slug}/{step}/", form).status_code == 404, step
    for page in ("publish/", "style/", "versions/1/rows.csv"):
        assert client.get(f"/layers/{own.slug}/{page}").status_code == 404, page
    assert own.slug not in client.get("/layers/deliveries/").content.decode()


def test_an_officer_publishes_her_layer_through_the_gate_and_gives_it_to_nobody(
    own: Layer, officer: User, world: Any, as_user: Any
) -> None:
    client = as_user(officer)
    lacking = {"source": "水利局", "licence": "", "review_number": "", "confirmed": "on", "revision": own.revision}
    assert client.post("/layers/ponds/publish/", lacking).status_code in (400, 422)
    own.refresh_from_db()
    assert own.visibility == "internal"
    told = lacking | {
        "licence": "内部资料可公开", "review_number": "不需要审图", "data_date": "2026-01-02",
        "department": world.ecology.pk,
    }  # fmt: skip
    assert client.post("/layers/ponds/publish/", told).status_code == 302
    own.refresh_from_db()
    assert (own.visibility, own.department) == ("public", world.water)
    edit = {"title": "新名", "visibility": "internal", "department": "", "expected_days": "0", "revision": own.revision}
    assert client.post("/layers/ponds/edit/", edit).status_code == 400
    assert client.post("/layers/ponds/edit/", edit | {"expected_days": "90"}).status_code == 302
    own.refresh_from_db()
    assert (own.title, own.department, own.expected_days) == ("新名", world.water, 90)


def test_who_uses_a_layer_is_shown_to_its_keepers(
    own: Layer, officer: User, other_officer: User, gis: User, as_user: Any
) -> None:
    OverlayRun.objects.create(tool="within", parameters={"layer": "ponds", "zones": "areas:town"}, created_by=gis)
    OverlayRun.objects.create(tool="within", parameters={"layer": "other", "zones": "ponds"}, created_by=officer)
    assert len(as_user(officer).get("/layers/ponds/").context["uses"]) == 2
    assert as_user(other_officer).get("/layers/ponds/").context["uses"] == []


def test_a_late_layer_is_seen_and_its_department_reminded_once_a_day(
    own: Layer, officer: User, other_officer: User, gis: User, deputy: User, as_user: Any
) -> None:
    with pytest.raises(BadInput) as refused:
        remind(gis, "ponds")
    assert refused.value.code == "in-time"
    assert "layers-to-deliver" not in as_user(officer).get("/work/").content.decode()
    LayerVersion.objects.filter(layer=own).update(created=timezone.now() - timedelta(days=40))
    page = as_user(gis).get("/layers/deliveries/").content.decode()
    assert "过期" in page and "提醒部门" in page
    assert "提醒部门" not in as_user(officer).get("/layers/deliveries/").content.decode()
    for person in (officer, other_officer, deputy, None):
        with pytest.raises(NotPermitted):
            remind(person, "ponds")
    assert as_user(gis).post("/layers/ponds/remind/").status_code == 302
    assert remind(gis, "ponds") == 0
    for back_to in ("1", ""):  # what was loaded and taken back was not delivered, nor is a layer off the map in time
        number = own.versions.count() + 1
        junk = LayerVersion.objects.create(layer=own, number=number, mode="replace", table_name="l_junk", file_name="x")
        Layer.objects.filter(pk=own.pk).update(current_version=junk)
        with pytest.raises(BadInput):
            remind(gis, "ponds")
        Layer.objects.filter(pk=own.pk).update(current_version=own.versions.get(number=1) if back_to else None)
        assert remind(gis, "ponds") == 0
        assert "过期" in as_user(gis).get("/layers/deliveries/").content.decode()
    Layer.objects.filter(pk=own.pk).update(current_version=own.versions.get(number=1))
    assert Notice.objects.get(kind="layer-late").recipient == officer
    assert AuditEntry.objects.filter(verb="layer.remind").count() == 1
    assert "该更新的数据" in as_user(officer).get("/work/").content.decode()
    User.objects.filter(pk=officer.pk).update(is_active=False)
    with pytest.raises(BadInput) as nobody:
        remind(gis, "ponds")
    assert nobody.value.code == "nobody-to-remind"


@pytest.fixture
def left_behind(officer: User, world: Any, as_user: Any, inspected: Any) -> tuple[ImportJob, User]:
    """What an officer sent before she was posted elsewhere, and a colleague of hers who stayed."""
    job = inspected(as_user(officer))
    colleague = User.objects.create_user("colleague", role="officer", department=world.water)
    User.objects.filter(pk=officer.pk).update(department=world.ecology)
    return job, colleague


def test_what_a_department_sent_stays_with_it_when_its_officer_is_posted_elsewhere(
    officer: User, other_officer: User, world: Any, as_user: Any, left_behind: tuple[ImportJob, User]
) -> None:
    job, colleague = left_behind
    officer.refresh_from_db()
    for stranger in (officer, other_officer):
        assert as_user(stranger).get(f"/layers/import/{job.pk}/").status_code == 404
        assert job.file_name not in as_user(stranger).get("/layers/import/history/").content.decode()
    client = as_user(colleague)
    assert client.get(f"/layers/import/{job.pk}/").status_code == 200
    again = client.post(f"/layers/import/{job.pk}/confirm/", CHOICES | {"do": "inspect"})
    assert again.status_code == 302
    jobs.inspect_upload(job.pk)
    assert as_user(officer).get(f"/layers/import/{job.pk}/").status_code == 404, "also when it was read anew"
    assert client.post(f"/layers/import/{job.pk}/confirm/", CHOICES).status_code == 302
    jobs.run_import(job.pk)
    assert Layer.objects.get().department == world.water


def test_a_colleague_confirms_the_next_delivery_that_somebody_sent_who_was_posted_elsewhere(
    own: Layer, left_behind: tuple[ImportJob, User]
) -> None:
    job, colleague = left_behind
    ImportJob.objects.filter(pk=job.pk).update(
        state="queued",
        options=job.options | CHOICES | {"mode": "replace", "slug": own.slug, "confirmed_by": colleague.pk},
    )
    jobs.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code, own.versions.count()) == ("done", "", 2)


def test_uploads_of_before_are_her_departments_whose_officer_sent_them(
    officer: User, other_officer: User, as_user: Any, inspected: Any
) -> None:
    job = inspected(as_user(officer))
    ImportJob.objects.filter(pk=job.pk).update(options={})
    assert as_user(officer).get(f"/layers/import/{job.pk}/").status_code == 200
    assert as_user(other_officer).get(f"/layers/import/{job.pk}/").status_code == 404
