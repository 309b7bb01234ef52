"""What lies in a folder of backups: whole ones only, nothing twice, and never nothing."""

import errno
import os
from datetime import UTC, datetime, timedelta

import pytest

from backups import contents, making, retention
from backups.faults import BackupFault
from backups.sealing import Counted, Seal, make_key, seal_of
from backups.store import LIST, Store

pytestmark = pytest.mark.slow


def names(target):
    return sorted(path.name for path in target.iterdir() if not path.name.startswith("."))


def test_the_second_night_copies_what_is_new_and_reads_nothing_else(made, target, settings, monkeypatch):
    (settings.MEDIA_ROOT / "imports/c.zip").write_bytes(b"lakes")
    read, put = [], contents.put
    monkeypatch.setattr(
        contents, "put", lambda store, seal, path, done: (read.append(path.name), put(store, seal, path, done))[1]
    )

    second = making.make(target, Seal())

    assert read == ["c.zip"]
    assert (second.copied.copied, second.copied.copied_bytes, len(second.copied.entries)) == (1, 5, 4)
    assert made.copied.copied == 2  # the photo, and one content under two names; what can be made anew is left out
    assert second.backup.name > made.backup.name


def test_a_backup_that_was_cut_is_none_and_is_cleared_away_by_the_next(made, target, monkeypatch):
    cut = target / "20260101T000000Z.partial"
    cut.mkdir()
    (cut / "database.dump").write_bytes(b"half")
    (target / "20260102T000000Z").mkdir()  # without a manifest

    assert [each.name for each in Store(target).backups()] == [made.backup.name]
    making.make(target, Seal())
    assert not cut.exists()


def test_a_full_disk_is_said_and_leaves_what_was_there(made, target, monkeypatch):
    def full(stream, part):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = names(target)
    monkeypatch.setattr(Counted, "write", full)
    with pytest.raises(BackupFault, match="没有空间"):
        making.make(target, Seal())
    assert names(target) == before
    assert list(target.rglob("*.partial")) == []


def test_a_full_disk_is_said_of_an_encrypted_backup_too(tmp_path):
    class Full:
        def write(self, part):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def flush(self):
            pass

    make_key(tmp_path / "key")
    with pytest.raises(OSError, match="No space") as caught, open(os.devnull, "rb") as source:
        seal_of(tmp_path / "key", must_exist=True).write(source, Full())
    assert caught.value.errno == errno.ENOSPC


def test_two_backups_at_once_do_not_write_into_each_other(target):
    with Store(target).alone(), pytest.raises(BackupFault, match="另一次备份"), Store(target).alone():
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BackupFault, match="file"), Store(tmp_path / "file").alone():
        pass


def test_letting_go_removes_contents_that_no_backup_names_and_keeps_the_last(made, target, settings):
    (settings.MEDIA_ROOT / "imports/a.zip").unlink()
    (settings.MEDIA_ROOT / "imports/b.zip").unlink()
    second = making.make(target, Seal()).backup

    assert retention.prune(Store(target), Seal(), (0, 0, 0), protected=[made.backup.name]) == []
    assert retention.prune(Store(target), Seal(), (0, 0, 0)) == [made.backup.name]
    assert [each.name for each in Store(target).backups()] == [second.name]
    assert len(list((target / "files").glob("*/*"))) == 1
    assert retention.prune(Store(target), Seal(), (0, 0, 0)) == []


def test_nothing_goes_while_a_list_cannot_be_read(made, target, tmp_path):
    make_key(tmp_path / "key")
    making.make(target, seal_of(tmp_path / "key", must_exist=True))
    before = len(list((target / "files").glob("*/*")))

    retention.prune(Store(target), Seal(), (7, 4, 12))
    assert len(list((target / "files").glob("*/*"))) == before


@pytest.mark.parametrize("damage", ['{"root": "med', None])
def test_a_damaged_list_does_not_keep_the_next_backup_from_being_made(made, target, damage):
    if damage:
        made.backup.part(LIST).write_text(damage)
    else:
        made.backup.part(LIST).unlink()
    second = making.make(target, Seal())
    assert (second.copied.copied, len(second.copied.entries)) == (0, len(made.copied.entries))
    assert retention.prune(Store(target), Seal(), (7, 4, 12), protected=[made.backup.name]) == []


def test_the_newest_of_each_day_week_and_month_stay():
    now = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    moments = [now - timedelta(hours=12 * number) for number in range(800)]
    kept = retention.to_keep(moments, (7, 4, 12))

    assert now in kept
    assert len({at for at in kept if now - at < timedelta(days=7)}) >= 7
    assert 12 <= len(kept) <= 7 + 4 + 12
    assert min(kept) < now - timedelta(days=300)


def test_the_newest_stays_whatever_is_asked_for():
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert retention.to_keep([now, now - timedelta(days=1)], (0, 0, 0)) == {now}
    assert retention.to_keep([], (7, 4, 12)) == set()


def test_a_path_that_leads_out_of_the_media_is_refused(made, target):
    listed = made.backup.folder / "files.jsonl"
    listed.write_text(listed.read_text().replace("imports/a.zip", "../../etc/passwd"))
    with pytest.raises(BackupFault, match="passwd"):
        contents.read_list(made.backup, Seal())
