"""A water to walk along, a walk, and photos that say when and where they were taken."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import ExifTags, Image

from inspections.models import Patrol
from inspections.patrols import services
from river_monitoring.models import MonitoringPoint, Reach, River

STEP = 0.0004
"""Degrees of longitude between two positions: about 39 m, walked in 30 s."""
LAT = 29.85


@pytest.fixture
def reach(world: Any) -> Reach:
    """About 1.9 km of water due east, in the west town."""
    river = River.objects.create(code="R1", name="南塘河")
    line = MultiLineString(LineString((121.31, LAT), (121.33, LAT)), srid=4326)
    return Reach.objects.create(code="R1-1", name="南塘河西镇段", river=river, area=world.west_town, geom=line)


@pytest.fixture
def point(world: Any, reach: Reach) -> MonitoringPoint:
    return MonitoringPoint.objects.create(
        code="P1", name="望春桥", kind="small", river=reach.river, reach=reach, area=world.west_town,
        department=world.water, geom=Point(121.312, LAT, srid=4326),
    )  # fmt: skip


def fixes(count: int, began: datetime, *, first: int = 0, lon: float = 121.31, lat: float = LAT) -> list[dict]:
    """Positions of somebody who walks east along the water."""
    return [
        {
            "n": first + i,
            "t": (began + timedelta(seconds=30 * i)).isoformat(),
            "lng": round(lon + STEP * i, 7),
            "lat": lat,
            "accuracy": 8,
        }
        for i in range(count)
    ]


@pytest.fixture
def walk(deputy: Any) -> Callable[..., Patrol]:
    """Start a patrol an hour ago, send `count` positions, and end it unless told otherwise."""

    def make(count: int = 26, *, user: Any = None, ended: bool = True, lat: float = LAT, **more: Any) -> Patrol:
        user = user or deputy
        began = more.pop("began", timezone.now() - timedelta(hours=1))
        patrol = services.start(user, client_id=uuid4(), now=began, **more)
        if count:
            services.add_track(user, patrol.pk, batch_id=uuid4(), rows=fixes(count, began, lat=lat))
        return services.stop(user, patrol.pk) if ended else patrol

    return make


def photo(
    *, at: datetime | None = None, lon: float | None = None, lat: float | None = None, colour: str = "teal"
) -> SimpleUploadedFile:
    """A JPEG that says when and where it was taken, as a telephone writes it."""
    image = Image.new("RGB", (64, 48), colour)
    exif = image.getexif()
    if at is not None:
        local = timezone.localtime(at)
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = local.strftime("%Y:%m:%d %H:%M:%S")
    if lon is not None and lat is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", _degrees(lat)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", _degrees(lon)
    out = io.BytesIO()
    image.save(out, format="JPEG", exif=exif)
    return SimpleUploadedFile("现场.jpg", out.getvalue(), content_type="image/jpeg")


def _degrees(value: float) -> tuple[float, float, float]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    return float(whole), float(minutes), round((value - whole - minutes / 60) * 3600, 4)
