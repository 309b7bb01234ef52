"""Files of rows are kept by their content, on the disk before the row; bytes are checked before they are read."""

import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client

from ledger.erasure import erase
from ledger.filestore import durable
from ledger.filestore.refusals import FileDamaged, FileLost, met
from ledger.models import FileDigest
from ledger.roles.connections import address
from supervision.findings.models import Finding, FindingPhoto
from supervision.matters import services as chain
from tests.integration.supervision.conftest import IN_THE_WEST, jpeg

GROUND = "本人申请，个人信息保护法第四十七条"


def files_below(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


@pytest.fixture
def file_finding(world):
    def file(who, *photos):
        return chain.file_finding(
            who, client_id=uuid4(), text="河面有油污", category="environment", photos=photos, **IN_THE_WEST
        )

    return file


@pytest.mark.django_db
def test_a_file_is_named_by_its_content_and_equal_ones_are_one(settings):
    first = default_storage.save("findings/2026/a.jpg", ContentFile(b"same"))
    second = default_storage.save("patrols/2026/other.jpg", ContentFile(b"same"))
    digest = sha256(b"same").hexdigest()
    assert first == second == f"objects/{digest[:2]}/{digest}.jpg"
    assert [path.read_bytes() for path in files_below(settings.MEDIA_ROOT)] == [b"same"]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_shares_what_nothing_protects():
    first = default_storage.save("reports/a.pdf", ContentFile(b"same"))
    second = default_storage.save("reports/a.pdf", ContentFile(b"same"))
    assert first != second
    with default_storage.open(second) as file:
        assert file.read() == b"same"


@pytest.mark.django_db
def test_bytes_name_and_folders_are_on_the_disk_before_the_row(monkeypatch, settings):
    synced = []
    monkeypatch.setattr(durable.os, "fsync", lambda fd: synced.append(os.readlink(f"/proc/self/fd/{fd}")))
    name = default_storage.save("a.jpg", ContentFile(b"bytes"))
    target = Path(settings.MEDIA_ROOT).resolve() / name
    halves = [index for index, path in enumerate(synced) if path.endswith(".part")]
    assert halves
    assert synced.index(str(target.parent), halves[-1]) > halves[-1]
    assert str(target.parent.parent) in synced  # which names the new folder


@pytest.mark.django_db
def test_a_disk_that_fails_leaves_no_half_file(monkeypatch, settings):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "sync_file", full)
    with pytest.raises(OSError, match="No space"):
        default_storage.save("a.jpg", ContentFile(b"bytes"))
    assert files_below(settings.MEDIA_ROOT) == []


@pytest.mark.django_db
def test_equal_bytes_mend_a_damaged_file(settings):
    name = default_storage.save("a.jpg", ContentFile(b"bytes"))
    Path(settings.MEDIA_ROOT, name).write_bytes(b"other")
    assert default_storage.save("a.jpg", ContentFile(b"bytes")) == name
    with default_storage.open(name) as file:
        assert file.read() == b"bytes"


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["written", "replaced", "with the times set back"])
def test_altered_bytes_are_noticed_after_they_were_read_sound(settings, how):
    name = default_storage.save("a.jpg", ContentFile(b"bytes"))
    default_storage.open(name).close()
    path = Path(settings.MEDIA_ROOT, name)
    times = path.stat()
    if how == "replaced":
        other = path.with_name("other")
        other.write_bytes(b"BYTES")
        other.replace(path)
    else:
        path.write_bytes(b"BYTES")
    if how == "with the times set back":
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    before = met["file-damaged"]
    with pytest.raises(FileDamaged):
        default_storage.open(name)
    assert met["file-damaged"] == before + 1


@pytest.mark.django_db
def test_a_sound_file_is_hashed_once(monkeypatch, settings):
    name = default_storage.save("a.jpg", ContentFile(b"bytes"))
    default_storage.open(name).close()
    monkeypatch.setattr("ledger.filestore.checked.digest_of", lambda file: pytest.fail("hashed again"))
    default_storage.open(name).close()


@pytest.mark.django_db
def test_files_of_earlier_releases_keep_their_names_and_are_checked_too(settings):
    path = Path(settings.MEDIA_ROOT, "feedback/2026/11/old.jpg")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"bytes")
    FileDigest.objects.create(name="feedback/2026/11/old.jpg", sha256=sha256(b"bytes").hexdigest())
    default_storage.open("feedback/2026/11/old.jpg").close()
    path.write_bytes(b"other")
    with pytest.raises(FileDamaged):
        default_storage.open("feedback/2026/11/old.jpg")


@pytest.mark.django_db
def test_a_photo_of_an_earlier_release_is_checked_against_its_own_row(deputy, file_finding, as_user, settings):
    photo = file_finding(deputy, jpeg()).photos.get()
    old = Path(settings.MEDIA_ROOT, "findings/2026/11/old.jpg")
    old.parent.mkdir(parents=True)
    old.write_bytes(b"another photo")
    row = FindingPhoto.objects.create(
        finding=photo.finding, file="findings/2026/11/old.jpg", width=1, height=1, sha256="0" * 64
    )
    assert as_user(deputy).get(f"/findings/photos/{row.pk}/").status_code == 410


@pytest.mark.django_db
def test_a_lost_and_a_damaged_photo_are_said_in_words(deputy, file_finding, as_user):
    photo = file_finding(deputy, jpeg()).photos.get()
    client, path = as_user(deputy), Path(photo.file.path)
    assert client.get(f"/findings/photos/{photo.pk}/").status_code == 200
    path.write_bytes(path.read_bytes() + b"!")
    for address_ in (f"/findings/photos/{photo.pk}/", f"/findings/photos/{photo.pk}/small/"):
        answer = client.get(address_)
        assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (410, True)
        assert "指纹不符" in answer.content.decode()
    path.unlink()
    answer = client.get(f"/findings/photos/{photo.pk}/")
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (404, True)
    assert "找不到" in answer.content.decode()
    with pytest.raises(FileLost):
        photo.file.storage.open(photo.file.name)


@pytest.mark.django_db
def test_parts_and_known_copies_are_answered_as_such(deputy, file_finding, as_user):
    photo = file_finding(deputy, jpeg()).photos.get()
    client, place = as_user(deputy), f"/findings/photos/{photo.pk}/"
    whole = client.get(place)
    content = b"".join(whole)
    assert (whole["ETag"], sha256(content).hexdigest()) == (f'"{photo.sha256}"', photo.sha256)
    part = client.get(place, headers={"Range": "bytes=2-5"})
    assert (part.status_code, b"".join(part)) == (206, content[2:6])
    assert part["Content-Range"] == f"bytes 2-5/{len(content)}"
    assert b"".join(client.get(place, headers={"Range": "bytes=-3"})) == content[-3:]
    assert client.get(place, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert client.get(place, headers={"Range": "bytes=0-1,4-5"}).status_code == 200
    assert client.get(place, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    assert client.get(place, headers={"If-None-Match": whole["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_two_reporters_share_bytes_and_neither_reads_by_the_other(deputy, staff, file_finding, world, as_user):
    hers, theirs = file_finding(deputy, jpeg()).photos.get(), file_finding(staff, jpeg()).photos.get()
    assert hers.file.name == theirs.file.name
    assert as_user(deputy).get(f"/findings/photos/{hers.pk}/").status_code == 200
    assert as_user(deputy).get(f"/findings/photos/{theirs.pk}/").status_code == 404
    assert Client().get(f"/media/{hers.file.name}").status_code == 404


@pytest.mark.django_db
def test_an_erasure_takes_one_of_two_sharers_and_leaves_the_other(
    deputy, staff, file_finding, as_user, django_capture_on_commit_callbacks
):
    hers, theirs = file_finding(deputy, jpeg()).photos.get(), file_finding(staff, jpeg()).photos.get()
    for place in ("", "small/"):
        assert as_user(deputy).get(f"/findings/photos/{hers.pk}/{place}").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        erase(staff, [hers], GROUND)
    for place in ("", "small/"):
        assert as_user(deputy).get(f"/findings/photos/{hers.pk}/{place}").status_code == 410
        assert as_user(staff).get(f"/findings/photos/{theirs.pk}/{place}").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        erase(staff, [theirs], GROUND)
    assert not theirs.file.storage.exists(theirs.file.name)


@pytest.mark.django_db
def test_a_report_that_fails_leaves_what_another_report_shares(deputy, file_finding, monkeypatch):
    kept = file_finding(deputy, jpeg()).photos.get()

    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(chain.filing, "submit", fail)
    with pytest.raises(RuntimeError):
        file_finding(deputy, jpeg())
    assert Finding.objects.count() == 1
    default_storage.open(kept.file.name).close()


KILLED = """
import os, signal, django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
with transaction.atomic():
    print(default_storage.save("findings/a.jpg", ContentFile(b"a face")), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_file_and_row_leaves_a_file_that_a_later_row_may_take(settings, file_finding):
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "geo_portal.settings", "DATABASE_URL": address(),
        "MEDIA_DIR": str(settings.MEDIA_ROOT),
        "SECRET_KEY": "x" * 50, "DEBUG": "1",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", KILLED], env=environ, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    name = done.stdout.strip()
    assert default_storage.exists(name)
    with transaction.atomic():
        assert default_storage.save("findings/b.jpg", ContentFile(b"a face")) == name
    assert [path.name for path in files_below(settings.MEDIA_ROOT)] == [Path(name).name]
