"""One of each kind of thing that can be found, open and inside."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from papers.models import Paper
from projects.models import Project
from river_monitoring.models import MonitoringPoint, River
from search.models import Entry
from search.offers import offers
from search.text.query import parse
from stations.models import Deputy, Station
from supervision.models import Finding, Suggestion
from tests.conftest import World
from tests.data.cast import seat

HERE = Point(121.32, 29.85, srid=4326)


def found_by(user: Any, text: str, **filters: Any) -> list[str]:
    """Return the kind and title of what somebody finds, best first."""
    from search.find import Filters, find, in_order

    keys = find(user, parse(text), Filters(**filters)).keys
    return [f"{entry.kind} {entry.title}" for entry in in_order(keys)]


@pytest.fixture
def river(world: World) -> River:
    return River.objects.create(code="R-XTH", name="西塘河", goal="消除劣五类")


@pytest.fixture
def point(world: World, river: River) -> MonitoringPoint:
    return MonitoringPoint.objects.create(
        code="HS-0042", name="西塘河望春桥", kind="county", area=world.west_town, river=river,
        department=world.water, geom=HERE,
    )  # fmt: skip


def make_project(world: World, code: str, name: str, status: str) -> Project:
    return Project.objects.create(
        code=code, name=name, year=2026, category="water", status=status, lead=world.water, area=world.west_town,
        geom=HERE, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 1), summary="沿河截污纳管",
    )  # fmt: skip


@pytest.fixture
def projects(world: World) -> list[Project]:
    """One that everybody sees, and a candidate that is inside."""
    return [
        make_project(world, "HS-2026-01", "西塘河雨污分流", Project.Status.BUILDING),
        make_project(world, "HS-2027-02", "秘密候选雨污分流", Project.Status.CANDIDATE),
    ]


@pytest.fixture
def deputies(world: World) -> list[Deputy]:
    station = Station.objects.create(
        code="S-01",
        name="望春联络站",
        kind="town",
        area=world.west_town,
        address="望春路1号",
        opening="周一",
        geom=HERE,
    )
    return [
        Deputy.objects.create(code="NO-1234", name="陈清河", station=station),
        Deputy.objects.create(code="NO-1235", name="离任河", station=station, is_active=False),
    ]


@pytest.fixture
def matter(world: World) -> Suggestion:
    """A citizen's report, published with words of the staff's."""
    finding = Finding.objects.create(
        client_id="7f0c0000-0000-4000-8000-000000000001", category="water", text="我家后门排污", geom=HERE,
        area=world.west_town, seen_at=timezone.now(),
    )  # fmt: skip
    return Suggestion.objects.create(
        number="M20260007", finding=finding, title="张三家后门排污", text="张三家后门有黑水", category="water",
        department=world.ecology, area=world.west_town, submitted_at=timezone.now(), is_public=True,
        public_text="望春路排口有黑水\n已转办",
    )  # fmt: skip


@pytest.fixture
def papers(world: World) -> list[Paper]:
    """One that is published, one that is filed, and a draft of nobody who is asked here."""
    congress = seat(None, world.district).congress
    return [
        Paper.objects.create(congress=congress, title="关于整治山塘水库的建议", facts="水库周边排污", is_public=True,
                             number="2026-J0001", state="assigned", submitted_at=timezone.now()),
        Paper.objects.create(congress=congress, title="关于内部事项的建议", facts="只给承办单位看",
                             number="2026-J0002", state="assigned", submitted_at=timezone.now()),
        Paper.objects.create(congress=congress, title="关于未提交草稿的建议", facts="还没写完"),
    ]  # fmt: skip


@pytest.fixture
def everything(river: River, point: Any, projects: Any, deputies: Any, matter: Any, papers: Any) -> None:
    assert set(offers()) >= {"rivers", "areas", "matters", "published_matters", "features", "layers"}
    assert Entry.objects.count() == 0  # the first search reads the journal
