"""A river, a reach and points to sample and rectify."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from river_monitoring.network.models import Reach, River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification import services
from river_monitoring.rectification.models import Evidence
from river_monitoring.samples.services import record_sample

GOOD = {"ph": "7.2", "do": "7.6", "codmn": "3.1", "nh3n": "0.32", "tp": "0.08"}
BAD = {"ph": "7.2", "do": "4.8", "codmn": "5.6", "nh3n": "2.35", "tp": "0.31"}


@pytest.fixture
def river(world: Any) -> River:
    return River.objects.create(code="NTH", name="南塘河", grade="city")


@pytest.fixture
def reach(world: Any, river: River) -> Reach:
    line = MultiLineString(LineString((121.31, 29.84), (121.34, 29.86)), srid=4326)
    return Reach.objects.create(
        code="NTH-1", name="南塘河西镇段", river=river, area=world.west_town, order=1, geom=line, chief_name="李河长"
    )


@pytest.fixture
def make_point(world: Any, river: River, reach: Reach) -> Callable[..., MonitoringPoint]:
    def make(code: str = "P-1", **more: Any) -> MonitoringPoint:
        given = {
            "name": f"{code} 号池塘",
            "kind": MonitoringPoint.Kind.SMALL,
            "river": river,
            "reach": reach,
            "area": world.west_town,
            "department": world.water,
            "geom": Point(121.32, 29.85, srid=4326),
            "target_class": 5,
        }
        return MonitoringPoint.objects.create(code=code, **(given | more))

    return make


@pytest.fixture
def point(make_point: Callable[..., MonitoringPoint]) -> MonitoringPoint:
    return make_point()


@pytest.fixture
def sample(officer: Any) -> Callable[..., Any]:
    """Record one sample of a point, `days_ago` days before now."""

    def record(point: MonitoringPoint, readings: dict[str, str], days_ago: float = 1, **more: Any) -> Any:
        at = timezone.now() - timedelta(days=days_ago)
        return record_sample(point.pk, readings, at, more.pop("actor", officer), **more)

    return record


@pytest.fixture
def listed(make_point: Callable[..., MonitoringPoint]) -> MonitoringPoint:
    """A point of the water department, listed half a year ago."""
    today = timezone.localdate()
    return make_point("L-1", status="listed", listed_on=today - timedelta(days=180), due_on=today + timedelta(days=60))


def attachment(kind: str, content: bytes = b"jpeg") -> services.Attachment:
    return services.Attachment(kind, content, ".jpg", f"{kind}{len(content)}".ljust(64, "0"))


@pytest.fixture
def before() -> services.Attachment:
    return attachment(Evidence.Kind.BEFORE)


@pytest.fixture
def after() -> services.Attachment:
    return attachment(Evidence.Kind.AFTER)


@pytest.fixture
def photo() -> Callable[[str], SimpleUploadedFile]:
    """Return an upload of a small real photo."""

    def make(name: str = "现场.jpg") -> SimpleUploadedFile:
        out = io.BytesIO()
        Image.new("RGB", (32, 24), "teal").save(out, "JPEG")
        return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")

    return make
