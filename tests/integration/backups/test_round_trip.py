"""A backup of a site with evidence, restored into an empty database of the same cluster."""

from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as site_settings
from psycopg2.errors import InsufficientPrivilege

from backups import contents, databases, making, proving, restoring, retention
from backups.faults import BackupFault, WrongKey
from backups.sealing import Seal, make_key, seal_of
from ledger.roles.connections import connection_parameters
from river_monitoring.models import RectificationEvent
from tests import roles

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(site_settings.OWNER_DATABASE is None, reason="the database has one role only"),
]


def proven(backup, scratch, seal=None):
    databases.make(scratch)
    return proving.prove(backup, seal or Seal(), scratch)


def test_what_was_copied_comes_back_and_the_evidence_is_guarded_as_before(made, scratch):
    proof = proven(made.backup, scratch)

    assert proof.differences == []
    assert (proof.files, proof.links) == (3, made.backup.manifest["chain"]["links"])
    assert proof.links > 0
    line = psycopg2.connect(**connection_parameters(roles.site_login()) | {"dbname": scratch})
    with line, line.cursor() as cursor:
        cursor.execute("SELECT note FROM river_monitoring_rectificationevent")
        assert cursor.fetchall() == [("说明",)]
        with pytest.raises(InsufficientPrivilege):
            cursor.execute("UPDATE river_monitoring_rectificationevent SET note = '改过'")
    line.close()


def test_what_is_written_after_the_snapshot_is_not_in_the_dump_and_does_no_harm(site, target, scratch, monkeypatch):
    copy = contents.copy_into

    def copy_later(*given):
        RectificationEvent.objects.create(
            point=site.event.point, at=site.event.at, from_status="listed", to_status="planned", note="后来"
        )
        (Path(site_settings.MEDIA_ROOT) / "imports/late.zip").write_bytes(b"late")
        return copy(*given)

    monkeypatch.setattr(contents, "copy_into", copy_later)
    backup = making.make(target, Seal()).backup

    assert backup.manifest["rows"]["public.river_monitoring_rectificationevent"] == 1
    assert RectificationEvent.objects.count() == 2
    proof = proven(backup, scratch)
    assert (proof.differences, proof.files) == ([], 4)


def test_a_database_of_an_earlier_release_is_dumped_by_its_owner(site, target):
    with databases.session(databases.ours()) as cursor:
        role = site_settings.APP_ROLE
        cursor.execute(f"REVOKE SELECT ON SEQUENCE accounts_user_id_seq FROM {role}")
        try:
            assert making.make(target, Seal()).backup.manifest["chain"]["links"] > 0
        finally:
            cursor.execute(f"GRANT SELECT ON SEQUENCE accounts_user_id_seq TO {role}")


def test_an_encrypted_backup_opens_with_its_key_alone(site, target, scratch, tmp_path):
    make_key(tmp_path / "right.key")
    make_key(tmp_path / "wrong.key")
    right, wrong = (seal_of(tmp_path / name, must_exist=True) for name in ("right.key", "wrong.key"))
    backup = making.make(target, right).backup

    stored = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
    assert b"the photo" not in stored
    assert b"the key of the anchors" not in stored
    with pytest.raises(WrongKey):
        proving.prove(backup, wrong, scratch)
    with pytest.raises(WrongKey):
        proving.prove(backup, Seal(), scratch)
    assert proven(backup, scratch, right).differences == []


@pytest.mark.parametrize("part", ["database.dump", "files.jsonl", "keys.tar"])
def test_a_part_that_was_altered_is_noticed(made, part):
    path = made.backup.folder / part
    path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(BackupFault, match=part):
        proving.prove(made.backup, Seal(), "not made, for it does not come so far")


def test_a_file_that_was_altered_or_lost_is_named(made):
    seal, photo = Seal(), next(each for each in made.copied.entries if each.path.startswith("objects"))
    path = made.backup.store.files / seal.name_of(photo.sha256)
    path.write_bytes(b"another photo")

    entries = made.copied.entries
    bad = proving.damaged(made.backup, seal, entries)
    assert bad == {photo.sha256} and photo.path in proving.file_differences(entries, bad)[0]
    path.unlink()
    assert proving.damaged(made.backup, seal, entries) == bad


def test_a_damaged_content_is_copied_anew_by_the_next_backup(made):
    """Also for the backups before: contents are shared. What is damaged stays until it is here whole again."""
    seal, store = Seal(), made.backup.store
    photo = next(each for each in made.copied.entries if each.path.startswith("objects"))
    path = store.files / seal.name_of(photo.sha256)
    path.write_bytes(b"another photo")
    contents.set_aside(store, seal, proving.damaged(made.backup, seal, made.copied.entries))
    retention.prune(store, seal, (7, 0, 0))
    aside = path.with_name(f"{path.name}.damaged")
    assert aside.read_bytes() == b"another photo" and not path.exists()

    again = making.make(store.folder, seal)
    retention.prune(store, seal, (7, 0, 0))
    assert again.copied.copied == 1 and not aside.exists()
    for backup in store.backups():
        assert proving.damaged(backup, seal, made.copied.entries) == set()


def test_other_counts_than_those_of_the_manifest_are_differences():
    then, now = {"public.a": 1, "public.b": 2}, {"public.a": 1, "public.b": 3, "public.c": 0}

    assert [line.split("：")[0] for line in proving.row_differences(then, now)] == ["表 public.b", "表 public.c"]


def test_a_folder_that_is_mounted_is_refused_before_anything_is_made(made, monkeypatch):
    monkeypatch.setattr(Path, "is_mount", lambda folder: folder == Path(site_settings.MEDIA_ROOT))
    monkeypatch.setattr(databases, "make", None)
    with pytest.raises(BackupFault, match=f"{site_settings.MEDIA_ROOT} 是单独挂载的"):
        restoring.restore(made.backup, Seal(), lambda line: None)


def test_a_restore_onto_a_site_refuses_and_says_what_would_be_replaced(made):
    here = restoring.present()

    assert here.files == 4
    with pytest.raises(BackupFault, match="FORCE=1"):
        restoring.refuse_to_overwrite(here, made.backup)
    restoring.refuse_to_overwrite(restoring.Present(0, 0, 0), made.backup)


def test_a_renaming_that_is_cut_short_leaves_the_site_under_its_name(transactional_db, monkeypatch):
    own, fresh = f"{databases.ours()}_site", f"{databases.ours()}_fresh"
    rename = databases._rename

    def cut_short(cursor, old, new):
        if old == fresh:
            raise KeyboardInterrupt
        rename(cursor, old, new)

    try:
        databases.make(own)
        databases.make(fresh)
        monkeypatch.setattr(databases, "ours", lambda: own)
        monkeypatch.setattr(databases, "_rename", cut_short)
        with pytest.raises(KeyboardInterrupt):
            databases.put_in_place(fresh)
        with databases.session(own) as cursor:  # it is there, and lets people in
            cursor.execute("SELECT 1")
    finally:
        for name in (own, fresh, f"{own}_before"):
            databases.drop(name)
