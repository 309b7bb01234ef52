"""A river, a reach and points to sample and rectify."""

import io
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from unittest import mock

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Department, Role, User
from accounts.rules import services as rules_services
from river_monitoring.network.models import Reach, River
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.attachments import Attachment
from river_monitoring.rectification.models import Evidence
from river_monitoring.samples.models import Sample
from river_monitoring.samples.rating import rate_sample
from river_monitoring.samples.services import record_sample
from river_monitoring.samples.signals import samples_written
from river_monitoring.works.services import add_measure

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


@pytest.fixture(autouse=True)
def sampling_rules(set_rule: Any) -> None:
    """Two bodies may sample everywhere; how far back is asked where it is tested."""
    Department.objects.create(code="monitoring", name="区环境监测站", short_name="监测站")
    Department.objects.create(code="laboratory", name="示例检测有限公司", short_name="示例检测")
    set_rule("samples.bodies", ["monitoring", "laboratory"])
    set_rule("samples.max_age_days", 3_660)


def _change(key: str, value: Any) -> None:
    keeper = User.objects.get_or_create(username="a-keeper", role=Role.ADMIN)[0]
    rules_services.change(keeper, key, value, effective_from=timezone.localdate(), reason="本区规则")


@pytest.fixture
def max_age() -> Callable[[int], None]:
    """Set how many days a sample may lie in the past."""
    return lambda days: _change("samples.max_age_days", days)


@pytest.fixture
def sampling_bodies() -> Callable[..., None]:
    """Set who may sample everywhere, by codes."""
    return lambda *codes: _change("samples.bodies", list(codes))


@pytest.fixture
def monitoring() -> Department:
    return Department.objects.get(code="monitoring")


@pytest.fixture
def laboratory() -> Department:
    return Department.objects.get(code="laboratory")


@pytest.fixture
def sampler(monitoring: Department) -> User:
    """An officer of the monitoring station."""
    return User.objects.create_user("a-sampler", role=Role.OFFICER, department=monitoring)


@pytest.fixture
def analyst(laboratory: Department) -> User:
    """Somebody of another sampling body."""
    return User.objects.create_user("an-analyst", role=Role.OFFICER, department=laboratory)


@pytest.fixture
def sample(sampler: Any) -> Callable[..., Any]:
    """Record one sample of a point, `days_ago` days before now, by the monitoring station."""

    def record(point: MonitoringPoint, readings: dict[str, str], days_ago: float = 1, **more: Any) -> Any:
        at = timezone.now() - timedelta(days=days_ago)
        return record_sample(point.pk, readings, at, more.pop("actor", sampler), **more)

    return record


@pytest.fixture
def colleague(world: Any) -> User:
    """Another officer of the department that answers for the points."""
    return User.objects.create_user("a-colleague", role=Role.OFFICER, department=world.water)


@pytest.fixture
def bodies(world: Any, set_rule: Callable[..., None]) -> None:
    """The ecology bureau accepts in this district, and so does the water department, which does the works."""
    set_rule("delisting.accepting_bodies", ("ecology", "water"))


@pytest.fixture
def listed(make_point: Callable[..., MonitoringPoint], bodies: None) -> MonitoringPoint:
    """A point of the water department, listed half a year ago."""
    today = timezone.localdate()
    return make_point("L-1", status="listed", listed_on=today - timedelta(days=180), due_on=today + timedelta(days=120))


def drawn(seed: int) -> Image.Image:
    """A picture unlike that of any other seed: bright and dark fields with soft borders."""
    fields = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(fields).resize((320, 240), Image.Resampling.BICUBIC)


def as_file(image: Image.Image, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def attachment(kind: str, image: Image.Image | None = None, **more: Any) -> Attachment:
    """A photo at the points' own place; without `taken_at` it does not say when."""
    content = as_file(image or drawn(1 if kind == Evidence.Kind.BEFORE else 2))
    given = {"lon": 121.32, "lat": 29.85} | more
    return Attachment(kind, content, ".jpg", sha256(content).hexdigest(), **given)


@pytest.fixture
def before() -> Attachment:
    """Taken at the point a month ago."""
    return attachment(Evidence.Kind.BEFORE, taken_at=timezone.now() - timedelta(days=30))


@pytest.fixture
def after() -> Attachment:
    """Taken at the point an hour ago."""
    return attachment(Evidence.Kind.AFTER, taken_at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def done(officer: Any) -> Callable[..., Any]:
    """Report one measure of a point as complete, a day ago."""

    def report(point: MonitoringPoint, days_ago: float = 1, **values: Any) -> Any:
        given = {"kind": "sewers", "title": "沿河截污", "share_done": 100}
        with mock.patch("django.utils.timezone.now", return_value=timezone.now() - timedelta(days=days_ago)):
            return add_measure(point.pk, values.pop("actor", officer), given | values)

    return report


@pytest.fixture
def photo() -> Callable[[str], SimpleUploadedFile]:
    """Return an upload of a small real photo."""

    def make(name: str = "现场.jpg") -> SimpleUploadedFile:
        out = io.BytesIO()
        Image.new("RGB", (32, 24), "teal").save(out, "JPEG")
        return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")

    return make


def readings_of(number: int) -> dict[str, str]:
    """All core items, of which ammonia decides that the water is of this class; of 0 nothing that can be rated."""
    if not number:
        return {"temp": "21"}
    ammonia = {1: "0.1", 2: "0.4", 3: "0.9", 4: "1.4", 5: "1.9", 6: "3.0"}
    return {"ph": "7.2", "do": "8.1", "codmn": "1.5", "nh3n": ammonia[number], "tp": "0.02"}


def stored(
    point: MonitoringPoint, at: Any, readings: dict[str, str], source: str = "manual", *, by: str | None = "monitoring"
) -> Sample:
    """A sample as a station or the monitoring station brings it: rated, and the month assessed; `by` None: unknown."""
    party = Department.objects.filter(code=by).first() if by and source != "automatic" else None
    made = Sample(
        point=point,
        phenomenon_time=at,
        readings=readings,
        source=source,
        party=party,
        party_name=party.name if party else "",
    )
    rate_sample(made)
    made.save()
    samples_written.send(Sample, points=[point], samples=[made])
    return made
