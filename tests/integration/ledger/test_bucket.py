"""The same store in a bucket: what is put is got, in parts, checked, listed, removed; programs get a local copy.

The bucket is moto's: botocore is answered in this process as the service would answer it.
"""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from moto import mock_aws

from geokit.refusal import Unavailable
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from ledger.filestore import marks, places, reconciliation
from ledger.filestore.addressed import store
from ledger.filestore.refusals import FileDamaged, FileLost
from supervision.matters import services as chain
from tests.data.tiffs import hills, write_tiff
from tests.integration.supervision.conftest import IN_THE_WEST, jpeg

pytestmark = pytest.mark.django_db
LATER = timedelta(days=2)


@pytest.fixture
def bucket(settings, monkeypatch):
    monkeypatch.setattr("ledger.filestore.bucket._marked", set())
    with mock_aws():
        made = boto3.resource("s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        made.create_bucket(Bucket="files")
        options = {"bucket_name": "files", "region_name": "us-east-1", "access_key": "a", "secret_key": "b"}
        chosen = {"BACKEND": "ledger.filestore.bucket.BucketStore", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": chosen}
        yield made.Bucket("files")


def keys(bucket):
    return {each.key for each in bucket.objects.all() if not each.key.startswith(".sites/")}


def test_what_is_put_is_got_and_equal_bytes_are_one(bucket, settings):
    first = default_storage.save("findings/a.jpg", ContentFile(b"bytes"))
    assert default_storage.save("patrols/b.jpg", ContentFile(b"bytes")) == first
    digest = sha256(b"bytes").hexdigest()
    assert keys(bucket) == {f"objects/{digest[:2]}/{digest}.jpg"}
    with default_storage.open(first) as file:
        assert (file.read(), file.seek(2), file.read(2)) == (b"bytes", 2, b"te")
    default_storage.delete(first)
    assert not default_storage.exists(first)
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_lost_and_a_changed_object_are_not_sent(bucket):
    name = default_storage.save("findings/a.jpg", ContentFile(b"bytes"))
    bucket.put_object(Key=name, Body=b"other")
    with pytest.raises(FileDamaged):
        default_storage.open(name)
    with store().open_unchecked(name) as file:
        assert file.read() == b"other"
    bucket.Object(name).delete()
    with pytest.raises(FileLost):
        default_storage.open(name)


def test_a_photo_is_filed_sent_in_parts_and_refused_as_from_a_folder(bucket, world, deputy, as_user):
    photo = chain.file_finding(
        deputy, client_id="6f0c1d0e-0000-4000-8000-000000000001", text="河面有油污", category="environment",
        photos=[jpeg()], **IN_THE_WEST,
    ).photos.get()  # fmt: skip
    client, address = as_user(deputy), f"/findings/photos/{photo.pk}/"
    content = b"".join(client.get(address))
    assert sha256(content).hexdigest() == photo.sha256
    part = client.get(address, headers={"Range": "bytes=1-4"})
    assert (part.status_code, b"".join(part)) == (206, content[1:5])
    assert client.get(f"{address}small/").status_code == 200
    bucket.put_object(Key=photo.file.name, Body=content + b"!")
    assert client.get(address).status_code == 410


def test_programs_that_read_paths_get_a_copy_that_goes_with_the_file(bucket, settings):
    half = places.local_path("incoming/a.part")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"a raster")
    store().take(half, "rasters/a.tif")
    assert not half.exists()
    copy = store().local_copy("rasters/a.tif")
    assert (copy, copy.read_bytes()) == (places.local_path("rasters/a.tif"), b"a raster")
    store().delete("rasters/a.tif")
    assert not copy.exists()
    with pytest.raises(FileLost):
        store().local_copy("rasters/a.tif")


def test_a_raster_is_loaded_into_the_bucket_and_drawn_from_the_copy(bucket, tmp_path, world, as_user, gis):
    path = write_tiff(tmp_path / "a.tif", hills(30, 30))
    raster_loading.load(LoadOptions(path=path, file_name="a.tif", slug="dem"), Report())
    (key,) = keys(bucket)
    assert key.startswith("rasters/")
    assert not places.local_path(key).exists()
    assert as_user(gis).get("/layers/dem/raster/picture.png").status_code == 200
    assert places.local_path(key).exists()


def test_rows_and_objects_are_compared_as_with_a_folder(bucket, world, deputy):
    chain.file_finding(
        deputy, client_id="6f0c1d0e-0000-4000-8000-000000000002", text="河面有油污",
        category="environment", photos=[jpeg()], **IN_THE_WEST,
    )  # fmt: skip
    orphan = default_storage.save("findings/a.jpg", ContentFile(b"nobody's"))
    assert store().marks() == {marks.own_mark()}
    assert reconciliation.compare(remove=True).removed == 0
    assert reconciliation.compare(remove=True, now=timezone.now() + LATER).removed == 1
    assert not default_storage.exists(orphan)
    store().make_mark("another-site")
    assert reconciliation.compare(remove=True).held_back == reconciliation.SHARED
    store().remove_mark("another-site")
    assert store().marks() == {marks.own_mark()}


def test_a_bucket_that_does_not_answer_is_unavailable(bucket, monkeypatch):
    name = default_storage.save("findings/a.jpg", ContentFile(b"bytes"))

    def away(*args, **kwargs):
        raise EndpointConnectionError(endpoint_url="https://files.example.org")

    client = default_storage.bucket.meta.client
    monkeypatch.setattr(client, "download_fileobj", away)
    monkeypatch.setattr(client, "upload_fileobj", away)
    with pytest.raises(Unavailable):
        default_storage.open(name)
    with pytest.raises(Unavailable), transaction.atomic():
        default_storage.save("findings/b.jpg", ContentFile(b"bytes"))
