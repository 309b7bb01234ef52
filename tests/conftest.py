"""The stock cast and a very small district, for every test that needs people and places."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, settings

from accounts.models import Area, Department, Role, User
from accounts.rules import queries as rules_of_the_request
from accounts.rules import services as rules_services
from tiles.cache.change_log import CHANGE_LOG
from tiles.cache.memory import MEMORY
from tiles.engine.pool import POOL

# A busy machine draws examples slowly; that says nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

collect_ignore = ["benchmark"]  # measured by `make bench`, never tested

# A square of about 10 km around the real district's centre, cut into two towns, west and east.
WEST, SOUTH, EAST, NORTH = 121.30, 29.80, 121.40, 29.90
MIDDLE = 121.35


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """Return a rectangle as the MultiPolygon that areas have, EPSG:4326."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


@dataclass
class World:
    """A district of two towns with two departments."""

    district: Area
    west_town: Area
    east_town: Area
    water: Department
    ecology: Department


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """No test sees what another one cached; no connection of the engine's own outlives the database."""
    cache.clear()
    MEMORY.clear()
    rules_of_the_request.end_request()
    yield
    CHANGE_LOG.close()
    POOL.close()


@pytest.fixture(autouse=True)
def in_the_sites_own_language() -> None:
    """A request in English leaves its language active in this thread; the next test must not inherit it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def media_in_tmp(settings: Any, tmp_path: Any) -> None:
    """Uploads of a test end with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A password hash is slow on purpose; a test that makes six people need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> World:
    district = Area.objects.create(
        code="330203",
        name="海曙区",
        level=Area.Level.DISTRICT,
        geom=box(WEST, SOUTH, EAST, NORTH),
        point=Point(MIDDLE, 29.85, srid=4326),
    )
    towns = [
        Area.objects.create(
            code=f"33020310{index}",
            name=name,
            level=Area.Level.TOWN,
            parent=district,
            geom=box(west, SOUTH, east, NORTH),
            point=Point((west + east) / 2, 29.85, srid=4326),
            is_schematic=True,
        )
        for index, (name, west, east) in enumerate([("西镇", WEST, MIDDLE), ("东镇", MIDDLE, EAST)])
    ]
    water = Department.objects.create(code="water", name="区水利局", short_name="水利局")
    ecology = Department.objects.create(code="ecology", name="生态环境分局", short_name="生态环境")
    return World(district, towns[0], towns[1], water, ecology)


def _person(username: str, role: str, **more: Any) -> User:
    return User.objects.create_user(username=username, password="a long enough phrase", role=role, **more)


@pytest.fixture
def set_rule(db: None) -> Callable[..., None]:
    """Return a function that sets a rule of the district for a test, once for a key: in force since long ago."""

    def set_(key: str, value: Any, since: date = date(2000, 1, 1)) -> None:
        rules_services.begin({key: value}, since=since, reason="启用时的规则")

    return set_


@pytest.fixture
def deputy(world: World) -> User:
    return _person("a-deputy", Role.DEPUTY, display_name="张代表")


@pytest.fixture
def officer(world: World) -> User:
    """The officer of the water department."""
    return _person("an-officer", Role.OFFICER, department=world.water)


@pytest.fixture
def other_officer(world: World) -> User:
    """An officer of another department."""
    return _person("another-officer", Role.OFFICER, department=world.ecology)


@pytest.fixture
def gis(world: World) -> User:
    return _person("a-gis", Role.GIS)


@pytest.fixture
def staff(world: World) -> User:
    return _person("a-staff", Role.STAFF)


@pytest.fixture
def admin_user(world: World) -> User:
    return _person("an-admin", Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """Return a client signed in as that person; None is the public."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
