"""By the clock: a backup is made and written down, proven, missed; people are told once."""

import json
import os
import stat
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice
from backups import contents, jobs, keys, making, places, proving, runs, services
from backups.faults import BackupFault
from backups.models import Run
from backups.sealing import Seal, make_key
from backups.store import Store
from jobs.calls import Later
from jobs.models import Schedule


def run(kind=Run.Kind.BACKUP, *, ok=True, hours=0, **more):
    at = timezone.now() - timedelta(hours=hours)
    return Run.objects.create(kind=kind, started=at, finished=at, ok=ok, **more)


@pytest.mark.slow
def test_the_nightly_backup_is_written_down_with_its_figures(site, target, settings):
    name = jobs.nightly()

    row = Run.objects.get()
    assert (row.kind, row.ok, row.name, row.place) == ("backup", True, name, str(target))
    assert (row.facts["files"], row.facts["encrypted"], row.facts["kept"]) == (3, False, 1)
    (backup,) = Store(target).backups()
    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in [backup.folder, *backup.folder.iterdir()])


@pytest.mark.slow
def test_the_backup_of_before_the_last_upgrade_stays_though_the_same_day_has_a_newer_one(site, target, settings):
    first = services.back_up()
    (settings.VAR_DIR / "upgrade.json").write_text(json.dumps({"backup": str(first.folder), "commit": "old"}))
    second = services.back_up()
    third = services.back_up()

    assert [each.name for each in Store(target).backups()] == [third.name, first.name]
    assert second.name not in (first.name, third.name)


@pytest.mark.slow
def test_an_upload_that_grows_while_it_is_copied_keeps_no_site_from_being_backed_up(site, target, settings):
    """It is no row's file yet; a photo that will not stand still is another matter."""
    put, growing = contents.put, settings.MEDIA_ROOT / "imports" / "a.zip"

    def put_while_it_grows(store, seal, path, done):
        digest = put(store, seal, path, done)
        if path == growing:
            with path.open("ab") as file:
                file.write(b"more")
        return digest

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "put", put_while_it_grows)
        made = making.make(target, Seal())
        assert sorted(entry.path for entry in made.copied.entries if "a.zip" in entry.path) == []
        growing = next(settings.MEDIA_ROOT.glob("objects/*/*.jpg"))
        growing.write_bytes(b"as it was never copied")
        with pytest.raises(BackupFault, match="一直在变化"):
            making.make(target, Seal())


@pytest.mark.slow
def test_a_key_that_was_named_and_is_lost_stops_the_backup(site, target, settings):
    settings.BACKUP_KEY_EXPECTED = True

    with pytest.raises(BackupFault, match=r"backup\.key"):
        services.back_up()
    assert (Run.objects.get().ok, Store(target).backups()) == (False, [])
    make_key(settings.BACKUP_KEY_FILE)
    assert services.back_up().is_encrypted


def test_a_target_that_cannot_be_used_is_said_and_written_down(db, target):
    for named in ("ftp://host/backups", "s3://", "s3://UPPER/x", "s3://bucket/../x y", "backups", ""):
        with pytest.raises(BackupFault):
            places.parse(named)
    with pytest.raises(BackupFault, match="ftp"):
        services.back_up("ftp://host/backups")
    assert "ftp" in Run.objects.get(ok=False).said


def test_another_machine_is_a_login_and_a_path(target):
    place = places.parse("backup@vault.example.org:/srv/geo portal/")
    assert (place.login, place.path, place.is_remote) == ("backup@vault.example.org", "/srv/geo portal", True)
    for named in ("-oProxyCommand=x@h:/p", "a@b:relative", "a@-b:/x"):
        with pytest.raises(BackupFault):
            places.parse(named)


def test_contents_go_to_another_machine_before_what_names_them(target, monkeypatch):
    said = []
    monkeypatch.setattr(places, "_run", lambda *words: said.append(words))
    monkeypatch.setattr(places.shutil, "which", lambda name: f"/usr/bin/{name}")

    nights = ["20261128T000000Z", "20261127T000000Z"]
    places.send(places.parse("b@vault:/srv/it's"), nights, ["20261101T000000Z"])

    assert [words[0] for words in said] == ["ssh", "rsync", "rsync", "ssh"]
    assert said[1][-2].endswith("/files")
    assert [word.rpartition("/")[2] for word in said[2][-3:-1]] == sorted(nights)
    assert said[3][-1] == """rm -rf -- '/srv/it'"'"'s/20261101T000000Z'"""
    assert not any("--delete" in words for words in said)


def test_an_old_backup_is_told_once_to_the_administrators_and_again_for_the_next(transactional_db, admin_user, staff):
    run(hours=40)
    assert runs.is_old()

    assert (jobs.watch(), jobs.watch()) == (1, 0)
    notice = Notice.objects.get(kind=jobs.KIND)
    assert (notice.recipient, notice.url) == (admin_user, "/work/operation/")
    run(hours=37)
    run(ok=False, said="备份位置已经没有空间")
    assert jobs.watch() == 1
    assert Notice.objects.filter(body="备份位置已经没有空间").exists()
    run(hours=1)
    assert jobs.watch() == 0
    assert not runs.is_old()


def test_a_site_without_any_backup_gets_its_first_days_in_peace(db, settings):
    settings.BACKUP_MAX_AGE_HOURS = 24 * 365 * 100
    assert not runs.is_old()
    settings.BACKUP_MAX_AGE_HOURS = -1
    assert runs.is_old()


def test_the_clock_asks_for_a_backup_each_night_and_a_proof_each_week(db):
    found = {row.name: (row.lane, row.daily_at and row.daily_at.hour, row.minutes) for row in Schedule.objects.all()}
    assert found[jobs.NIGHTLY] == ("backups", 2, None)
    assert found[jobs.WEEKLY] == ("backups", None, 7 * 24 * 60)
    assert found[jobs.WATCH] == ("clocks", None, 60)
    with pytest.raises(Later):  # before the first backup
        jobs.weekly()


def test_a_proof_that_differs_fails_its_job_and_is_written_down(db, made_elsewhere, monkeypatch):
    monkeypatch.setattr(services.databases, "make", lambda name: None)
    monkeypatch.setattr(services.databases, "drop", lambda name: None)
    monkeypatch.setattr(proving, "prove", lambda *given: proving.Proof(differences=["表 public.a：备份时 1 行"]))
    run(hours=1)

    with pytest.raises(BackupFault, match=r"public\.a"):
        jobs.weekly()
    row = Run.objects.get(kind="proof")
    assert (row.ok, row.name) == (False, made_elsewhere.name)


def test_a_proof_says_whether_the_copy_is_wrong_or_the_site_was(db, made_elsewhere, monkeypatch):
    monkeypatch.setattr(services.databases, "make", lambda name: None)
    monkeypatch.setattr(services.databases, "drop", lambda name: None)
    for proof, restorable in (
        (proving.Proof(faults=["unexplained-change: 测点 1"]), True),
        (proving.Proof(faults=["unexplained-change: 测点 1"], differences=["表 public.a"]), False),
    ):
        monkeypatch.setattr(proving, "prove", lambda *given, proof=proof: proof)
        with pytest.raises(BackupFault, match="能恢复" if restorable else "不同") as said:
            services.check()
        assert "测点 1" in str(said.value)
        assert runs.last(Run.Kind.PROOF).facts == {"restorable": restorable}


def test_contents_that_a_proof_found_damaged_are_set_aside(db, made_elsewhere, monkeypatch):
    monkeypatch.setattr(services.databases, "make", lambda name: None)
    monkeypatch.setattr(services.databases, "drop", lambda name: None)
    monkeypatch.setattr(proving, "prove", lambda *given: proving.Proof(differences=["文件 a"], damaged={"d"}))
    found = []
    monkeypatch.setattr(services.contents, "set_aside", lambda store, seal, digests: found.append(digests))
    with pytest.raises(BackupFault, match="下次备份会重新拷贝"):
        services.check()
    assert found == [{"d"}]


def test_the_proven_backup_stays_and_old_rows_of_the_record_go(db):
    run(Run.Kind.PROOF, name="20260101T000000Z")
    run(hours=24 * 500)
    runs.forget_old()
    assert services._proven() == ["20260101T000000Z"]
    assert Run.objects.count() == 1


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    key = make_key(tmp_path / "deep" / "key")
    assert key.startswith("AGE-SECRET-KEY-1")
    assert stat.S_IMODE(os.stat(tmp_path / "deep" / "key").st_mode) == 0o600
    with pytest.raises(BackupFault, match="不会覆盖"):
        make_key(tmp_path / "deep" / "key")


def test_the_key_of_the_anchors_is_in_a_backup_wherever_it_lies(tmp_path, settings):
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", tmp_path / "secrets" / "anchor.pem"
    settings.LEDGER_KEY_FILE.parent.mkdir()
    for name in ("anchor.pem", "anchors.jsonl", "of-another-program"):
        (tmp_path / "secrets" / name).write_text(name)
    keys.unpack(keys.pack(), tmp_path / "back")

    assert (tmp_path / "back" / "ledger" / "key.pem").read_text() == "anchor.pem"
    assert sorted(path.name for path in (tmp_path / "back" / "ledger").iterdir()) == ["anchors.jsonl", "key.pem"]
