"""`manage.py restore` as a whole, in a process of its own: onto an empty database, onto a site, and the way back."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from accounts.tokens.services import issue
from backups import databases, making
from backups.sealing import Seal
from ledger.chain.sql import ERASED
from ledger.roles.connections import address
from projects.models import Feedback, FeedbackEvent, Project
from tests import roles

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(site_settings.OWNER_DATABASE is None, reason="the database has one role only"),
]


@pytest.fixture
def elsewhere(site, tmp_path):
    """Run a command of manage.py on another machine: an empty database and an empty VAR_DIR."""
    name, folder = f"{databases.ours()}_elsewhere", tmp_path / "elsewhere"
    databases.make(name)
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("BACKUP_", "MEDIA_"))} | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": address(roles.site_login(), name),
        "MIGRATION_DATABASE_URL": address(databases.owner(), name),
        "LOG_LEVEL": "ERROR",
    }

    def manage(*words):
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=site_settings.BASE_DIR, env=environ, capture_output=True, text=True, check=False
        )

    manage.name, manage.folder = name, folder
    yield manage
    for left in (name, f"{name}_before", f"{name}_restoring"):
        databases.drop(left)


def ask(name, query):
    with databases.session(name) as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_an_empty_machine_gets_the_site_and_a_machine_with_one_keeps_it_unless_forced(made, elsewhere, target):
    done = elsewhere("restore", "--from", str(target))

    assert (done.returncode, "都和备份时一致" in done.stdout) == (0, True), done.stderr
    assert "没有原来的站点" in done.stdout and "现在能登录的账号：" in done.stdout
    assert ask(elsewhere.name, "SELECT note FROM river_monitoring_rectificationevent") == "说明"
    (photo,) = elsewhere.folder.glob("media/objects/**/*.jpg")
    assert photo.read_bytes() == b"the photo"
    assert (elsewhere.folder / "ledger" / "key.pem").read_text() == "the key of the anchors"
    assert (elsewhere.folder / "secret_key").read_text().strip() == site_settings.SECRET_KEY
    assert ask(elsewhere.name, "SELECT count(*) FROM backups_run WHERE kind = 'restore' AND ok") == 1

    photo.write_bytes(b"of this machine")
    again = elsewhere("restore", "--from", str(target))
    assert again.returncode != 0
    assert "FORCE=1" in again.stderr
    assert photo.read_bytes() == b"of this machine"

    contents = sorted(made.backup.store.files.glob("*/*"))
    kept = contents[0].read_bytes()
    contents[0].write_bytes(b"altered")
    broken = elsewhere("restore", "--from", str(target), "--force")
    assert broken.returncode != 0
    assert "没有替换任何内容" in broken.stderr
    assert photo.read_bytes() == b"of this machine"

    contents[0].write_bytes(kept)
    forced = elsewhere("restore", "--from", str(target), "--force")
    assert forced.returncode == 0, forced.stderr
    assert photo.read_bytes() == b"the photo"
    before = Path(str(photo).replace("/media/", "/media.before/"))
    assert before.read_bytes() == b"of this machine"
    assert ask(f"{elsewhere.name}_before", "SELECT note FROM river_monitoring_rectificationevent") == "说明"


def test_a_site_that_had_lost_a_file_comes_back_when_that_is_asked_for(site, elsewhere, target):
    """Its chain says so for ever, and a fault of the chain must not keep everything else from coming back."""
    (lost,) = Path(site_settings.MEDIA_ROOT).glob("objects/**/*.jpg")
    lost.unlink()
    making.make(target, Seal())

    refused = elsewhere("restore", "--from", str(target))
    assert refused.returncode != 0
    assert all(words in refused.stderr for words in ("没有替换任何内容", "file-missing", "ANYWAY=1"))
    done = elsewhere("restore", "--from", str(target), "--anyway")
    assert (done.returncode, "都和备份时一致" in done.stdout) == (0, False), done.stderr
    assert "file-missing" in done.stderr
    assert ask(elsewhere.name, "SELECT note FROM river_monitoring_rectificationevent") == "说明"
    assert "file-missing" in ask(elsewhere.name, "SELECT said FROM backups_run WHERE kind = 'restore' AND ok")


def test_what_was_erased_or_switched_off_after_a_backup_does_not_come_back_unsaid(
    site, world, staff, officer, elsewhere, target
):
    project = Project.objects.create(
        code="M1", name="雨污分流", year=2026, category="water", status="building", lead=world.ecology,
        area=world.east_town, geom="SRID=4326;POINT(121.38 29.85)", starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip
    feedback = Feedback.objects.create(project=project, text="我是张三", contact="13800000000")
    FeedbackEvent.objects.create(feedback=feedback, verb="file", text="")
    year = timezone.localdate() + timedelta(days=300)
    given = {"department": officer.department, "scopes": ["read"], "expires_on": year}
    lost, _text = issue(officer, name="丢了的", **given)
    issue(officer, name="还在用的", **given)
    making.make(target, Seal())
    assert elsewhere("restore", "--from", str(target)).returncode == 0
    ground = ("--by", staff.username, "--reason", "本人申请")
    erased = elsewhere("erase_text", "--feedback", str(feedback.pk), *ground)
    assert erased.returncode == 0, erased.stderr
    with databases.session(elsewhere.name) as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE username = %s", [officer.username])
        cursor.execute(
            "UPDATE accounts_user SET role = 'deputy', password = 'another' WHERE username = %s", [staff.username]
        )
        cursor.execute("UPDATE accounts_apitoken SET revoked_at = now() WHERE name = '丢了的'")

    done = elsewhere("restore", "--from", str(target), "--force")
    assert done.returncode == 0, done.stderr
    assert "已再次删除：1 处" in done.stdout
    assert ask(elsewhere.name, "SELECT text || contact FROM projects_feedback") == ERASED
    assert ask(elsewhere.name, "SELECT reason FROM ledger_erasure") == "本人申请"
    assert f"备份之后停用的账号已再次停用：{officer.username}\n" in done.stdout
    assert f"备份之后停用的接口令牌已再次停用：{lost.prefix}…（丢了的）\n" in done.stdout
    assert f"请逐个核对：{staff.username}（人大工作人员，后来是人大代表）\n" in done.stdout
    assert f"请通知本人重新设置：{staff.username}\n" in done.stdout
    assert not ask(elsewhere.name, f"SELECT is_active FROM accounts_user WHERE id = {officer.pk}")
    ended = "SELECT string_agg(name, ',') FROM accounts_apitoken WHERE revoked_at IS NOT NULL"
    assert "丢了的" in ask(elsewhere.name, ended)
    closing = "SELECT detail ->> 'because' FROM accounts_auditentry WHERE verb = 'person-closed'"
    assert ask(elsewhere.name, closing) == "restore"
    assert ask(elsewhere.name, "SELECT role FROM accounts_user WHERE username = 'a-staff'") == "staff"
    review = ask(elsewhere.name, "SELECT facts ->> 'review' FROM backups_run WHERE kind = 'restore' ORDER BY id DESC")
    assert officer.username in review


def test_of_another_sites_database_nothing_is_taken_over(site, officer, elsewhere, target):
    """Accounts of the same name and number are other people there."""
    making.make(target, Seal())
    assert elsewhere("restore", "--from", str(target)).returncode == 0
    with databases.session(elsewhere.name) as cursor:
        cursor.execute("ALTER TABLE accounts_chainlink DISABLE TRIGGER USER")
        cursor.execute("UPDATE accounts_chainlink SET digest = sha256(digest)")
        cursor.execute("UPDATE accounts_user SET is_active = false")
    done = elsewhere("restore", "--from", str(target), "--force")
    assert done.returncode == 0, done.stderr
    assert ask(elsewhere.name, f"SELECT is_active FROM accounts_user WHERE id = {officer.pk}")
    assert "没有原来的站点" in done.stdout and "已再次停用" not in done.stdout
