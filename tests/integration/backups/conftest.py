"""A small site with evidence, and a folder for its backups."""

import contextlib
from hashlib import sha256
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.utils import timezone

from backups import databases, making
from backups.sealing import Seal
from river_monitoring.models import Evidence, MonitoringPoint, RectificationEvent


@pytest.fixture
def target(tmp_path, settings):
    settings.BACKUP_KEY_FILE = tmp_path / "backup.key"
    settings.BACKUP_TARGET = str(tmp_path / "backups")
    settings.VAR_DIR = tmp_path
    settings.LEDGER_KEY_FILE = tmp_path / "ledger" / "key.pem"
    settings.LEDGER_KEY_FILE.parent.mkdir()
    settings.LEDGER_KEY_FILE.write_text("the key of the anchors")
    settings.PMTILES_DIR = tmp_path / "pmtiles"
    return tmp_path / "backups"


@pytest.fixture
def site(transactional_db, world, target, settings):
    """One point with a step and a photo of it, all committed; three more files."""
    point = MonitoringPoint.objects.create(
        code="T-1",
        name="水塘",
        kind="small",
        area=world.west_town,
        department=world.water,
        status="listed",
        geom=Point(121.3, 29.8, srid=4326),
    )
    event = RectificationEvent.objects.create(
        point=point, at=timezone.now(), from_status="none", to_status="listed", note="说明"
    )
    photo = Evidence(event=event, kind="before", sha256=sha256(b"the photo").hexdigest())
    photo.file.save("a.jpg", ContentFile(b"the photo"))
    media = Path(settings.MEDIA_ROOT)
    for name, content in (("imports/a.zip", b"rivers"), ("imports/b.zip", b"rivers"), ("exports/1/x.csv", b"made")):
        (media / name).parent.mkdir(parents=True, exist_ok=True)
        (media / name).write_bytes(content)
    return photo


@pytest.fixture
def scratch():
    """A name for a database that is dropped after the test."""
    name = f"{databases.ours()}_scratch"
    yield name
    with contextlib.suppress(Exception):
        databases.drop(name)


@pytest.fixture
def made(site, target):
    return making.make(target, Seal())


@pytest.fixture
def made_elsewhere(target):
    """A folder that passes for a backup."""
    folder = target / "20261101T000000Z"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"format": 1, "recipient": "", "parts": {}}')
    return folder
