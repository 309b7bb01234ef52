"""`/work/export/`: an administrator orders an export, sees how it stands, and downloads it; nobody else does."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from accounts.district.services import save_district
from accounts.models import Notice, User
from geo_portal.leaving import jobs
from geo_portal.leaving.written import Exported
from jobs.models import Job
from ledger.filestore import places
from ledger.models import AuditEntry
from tests.conftest import World


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(admin_user: User, world: World, as_user: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An administrator who has just shown who she is."""
    monkeypatch.setattr("accounts.sessions.anew.is_reauthentication_required", lambda *given, **how: False)
    save_district(
        admin_user, "330203", slug="xi", name="溪县", congress="溪县人大", site_name="溪县地图", code_prefix="X"
    )
    return as_user(admin_user)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that is made at once, where its content does not matter."""

    def write(target: Path, **how: Any) -> Exported:
        target.write_bytes(b"a ZIP")
        return Exported(files=1, bytes=5)

    monkeypatch.setattr(jobs, "export_district", write)


def work() -> None:
    """What the worker does with the newest order."""
    job = Job.objects.filter(func="geo_portal.leaving.jobs.run").latest("pk")
    jobs.run(*job.args)


def test_an_export_is_ordered_made_and_downloaded(client: Any, admin_user: User) -> None:
    assert "开始导出" in client.get("/work/export/").content.decode()
    assert client.post("/work/export/start/").status_code == 302
    assert "排队中" in client.get("/work/export/").content.decode()
    assert client.get("/work/export/download/").status_code == 404
    work()
    html = client.get("/work/export/").content.decode()
    assert "已经准备好" in html and "重新导出" in html
    answer = client.get("/work/export/download/")
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        assert {"SHA256SUMS", "README.html", "district/DISTRICT.toml"} <= set(archive.namelist())
        assert "溪县" in archive.read("district/DISTRICT.toml").decode()
    assert answer["Cache-Control"].count("no-store") and "xi-" in answer["Content-Disposition"]
    assert Notice.objects.filter(recipient=admin_user, kind=jobs.KIND).count() == 1
    said = AuditEntry.objects.filter(verb__startswith="district-export").order_by("pk").values_list("verb", flat=True)
    assert list(said) == ["district-export-asked", "district-exported", "district-export-downloaded"]


def test_one_is_made_at_a_time_and_none_twice(client: Any, quick: None) -> None:
    client.post("/work/export/start/")
    assert client.post("/work/export/start/").status_code == 503
    assert Job.objects.filter(func="geo_portal.leaving.jobs.run").count() == 1
    work()
    first = jobs.finished_file()
    work()  # delivered again
    assert jobs.finished_file() == first


def test_an_export_that_fails_says_so(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: Any, **how: Any) -> None:
        raise OSError("disk full")

    client.post("/work/export/start/")
    monkeypatch.setattr(jobs, "export_district", fail)
    with pytest.raises(OSError, match="disk full"):
        work()
    assert "导出没有完成" in client.get("/work/export/").content.decode()


def test_it_is_removed_after_a_day(client: Any, quick: None) -> None:
    client.post("/work/export/start/")
    work()
    assert jobs.remove_expired() == 0
    assert jobs.remove_files(-1) == 2 and not list(places.folder(jobs.FOLDER).glob("*.zip"))
    assert client.get("/work/export/download/").status_code == 404


def test_nobody_but_an_administrator_finds_it(client: Any, quick: None, as_user: Any) -> None:
    client.post("/work/export/start/")
    work()
    other = as_user(User.objects.create_user(username="other", role="staff"))
    assert [other.get(f"/work/export/{page}").status_code for page in ("", "download/")] == [404, 404]
    assert other.post("/work/export/start/").status_code == 404


def test_who_has_not_shown_herself_lately_does_so_first(
    client: Any, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/work/export/start/")
    work()
    monkeypatch.setattr("accounts.sessions.anew.is_reauthentication_required", lambda *given, **how: True)
    assert "reauthenticate" in client.get("/work/export/download/")["Location"]
    assert "reauthenticate" in client.post("/work/export/start/")["Location"]
