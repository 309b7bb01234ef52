"""A water point and a livelihood project to see things at, photos, and matters in each state."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from accounts.models import User
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.matters import services
from supervision.models import Finding, Suggestion
from tests.conftest import World

IN_THE_WEST = {"lon": 121.32, "lat": 29.85}
OUTSIDE = {"lon": 120.0, "lat": 30.0}


@pytest.fixture
def point(world: World) -> MonitoringPoint:
    """A water point of the water department, in the west."""
    return MonitoringPoint.objects.create(
        code="P1",
        name="望春桥",
        kind=MonitoringPoint.Kind.SMALL,
        area=world.west_town,
        department=world.water,
        geom=Point(121.32, 29.85, srid=4326),
    )


@pytest.fixture
def project(world: World) -> Project:
    """A project led by the ecology department, in the east, public."""
    return _project(world, "M1", Project.Status.BUILDING)


@pytest.fixture
def candidate(world: World) -> Project:
    """A project that the public does not see yet."""
    return _project(world, "M2", Project.Status.CANDIDATE)


def _project(world: World, code: str, status: str) -> Project:
    return Project.objects.create(
        code=code,
        name="东片雨污分流",
        year=2026,
        category=Project.Category.WATER,
        status=status,
        lead=world.ecology,
        area=world.east_town,
        geom=Point(121.38, 29.85, srid=4326),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
    )


def jpeg(colour: str = "teal", name: str = "photo.jpg") -> SimpleUploadedFile:
    """Return a photo that carries a position, as a phone makes it."""
    image = Image.new("RGB", (64, 48), colour)
    exif = image.getexif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (29.0, 51.0, 0.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (121.0, 19.0, 0.0)
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def file_finding() -> Callable[..., Finding]:
    """File a finding in the west unless told otherwise."""

    def file(reporter: User, **more: Any) -> Finding:
        given = {
            "client_id": uuid4(),
            "text": "河面有油污\n约二十平方米",
            "category": "environment",
            **IN_THE_WEST,
            **more,
        }
        return services.file_finding(reporter, **given)

    return file


@pytest.fixture
def assigned(deputy: User, point: MonitoringPoint, file_finding: Callable[..., Finding]) -> Suggestion:
    """A matter that went to the water department by itself, being about its point."""
    return file_finding(deputy, point_code=point.code).suggestion


@pytest.fixture
def unrouted(deputy: User, file_finding: Callable[..., Finding]) -> Suggestion:
    """A matter that no rule covers."""
    return file_finding(deputy).suggestion


@pytest.fixture
def replied(assigned: Suggestion, officer: User) -> Suggestion:
    return services.reply(officer, assigned.pk, version=assigned.version, text="已清除油污", result="A")
