"""An upload is kept whole with its job, or nothing of it stays."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from geo_portal.setup.reading import Reading
from geo_portal.setup.uploads import keep
from layers.importing.uploads import receive_uploads
from layers.models import ImportJob
from ledger.filestore import durable, places

pytestmark = pytest.mark.django_db


class CutOff(SimpleUploadedFile):
    """A file of which the second half does not come."""

    def chunks(self, chunk_size=None):
        yield b"half"
        raise ConnectionResetError


def left():
    return [path for path in places.root().rglob("*") if path.is_file()]


def test_an_upload_is_on_the_disk_before_its_job(gis, monkeypatch):
    synced = []
    monkeypatch.setattr(durable, "sync_file", synced.append)
    (job,) = receive_uploads([SimpleUploadedFile("a.csv", b"x,y\n1,2\n")], gis, {})
    assert synced == [places.local_path(job.file)]
    assert places.local_path(job.file).read_bytes() == b"x,y\n1,2\n"


def test_an_upload_that_breaks_off_leaves_neither_files_nor_jobs(gis):
    with pytest.raises(ConnectionResetError):
        receive_uploads([SimpleUploadedFile("a.csv", b"x,y\n"), CutOff("b.csv", b"x")], gis, {})
    assert left() == []
    assert list(places.folder("imports").iterdir()) == []
    assert not ImportJob.objects.exists()


def test_an_upload_to_the_set_up_that_breaks_off_leaves_nothing(gis, dataset):
    with pytest.raises(ConnectionResetError):
        keep(CutOff("b.csv", b"x"), dataset, gis, Reading())
    assert left() == []


@pytest.fixture
def dataset():
    return type("Dataset", (), {"slug": "areas"})()


def test_the_folder_is_the_stores(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert places.folder("imports") == Path(tmp_path) / "imports"
