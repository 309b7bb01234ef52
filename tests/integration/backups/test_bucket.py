"""Backups in a bucket: carried there whole, fetched on an empty machine, restored; a bucket that refuses says so.

The bucket is moto's: botocore is answered in this process as the service would answer it.
"""

import shutil

import boto3
import pytest
from moto import mock_aws

from backups import databases, places, proving, retention, services
from backups.faults import BackupFault
from backups.models import Run
from backups.restoring import find
from backups.store import Store

PLACE = "s3://vault/geo/portal"


@pytest.fixture
def vault(settings):
    settings.BACKUP_BUCKET = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with mock_aws():
        client = boto3.client("s3", **settings.BACKUP_BUCKET)
        client.create_bucket(Bucket="vault")
        yield client


def keys(vault):
    return [row["Key"] for row in vault.list_objects_v2(Bucket="vault").get("Contents", ())]


def test_an_empty_machine_fetches_what_another_one_carried_there_and_proves_it(site, target, vault, scratch):
    made = services.back_up(PLACE)
    assert f"geo/portal/{made.name}/manifest.json" in keys(vault)
    shutil.rmtree(target)

    place = places.parse(PLACE)
    places.bring(place)
    brought = find(place.folder)
    assert brought.name == made.name
    databases.make(scratch)
    assert proving.prove(brought, services.own_seal(), scratch).differences == []


def test_the_second_night_carries_no_content_twice_and_removes_only_what_is_not_kept(site, target, vault, settings):
    settings.BACKUP_KEEP = (1, 0, 0)
    first = services.back_up(PLACE)
    contents = [key for key in keys(vault) if "/files/" in key]
    stamps = {key: vault.head_object(Bucket="vault", Key=key)["LastModified"] for key in contents}
    vault.put_object(Bucket="vault", Key="geo/other/x", Body=b"somebody else's")
    second = services.back_up(PLACE)
    assert {key: vault.head_object(Bucket="vault", Key=key)["LastModified"] for key in contents} == stamps
    left = keys(vault)
    assert not any(first.name in key for key in left)
    assert any(second.name in key for key in left) and "geo/other/x" in left


def test_a_night_that_could_not_be_sent_goes_along_with_the_next(site, target, vault, monkeypatch):
    monkeypatch.setattr(retention, "to_keep", lambda moments, counts: set(moments))  # as of two days
    with monkeypatch.context() as without:
        without.setattr(services.places.bucket, "send", _refuse)
        with pytest.raises(BackupFault):
            services.back_up(PLACE)
    (unsent,) = Store(places.parse(PLACE).folder).backups()
    assert not any(unsent.name in key for key in keys(vault))
    services.back_up(PLACE)
    assert f"geo/portal/{unsent.name}/manifest.json" in keys(vault)


def _refuse(*given):
    raise BackupFault("no way there")


def test_an_object_that_leads_out_of_the_folder_is_refused(target, vault):
    vault.put_object(Bucket="vault", Key="geo/portal/../../etc/passwd", Body=b"x")
    with pytest.raises(BackupFault, match="不是备份的文件"):
        places.bring(places.parse(PLACE))


def test_a_bucket_that_is_not_there_is_said_and_written_down(site, target, vault):
    with pytest.raises(BackupFault, match="对象存储没有接受"):
        services.back_up("s3://nowhere-at-all/x")
    assert "NoSuchBucket" in Run.objects.get(ok=False).said
