"""The stock cast and a very small district, for every test that needs people and places."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

from accounts.directory import levels
from accounts.first_account.services import KEPT_AS
from accounts.models import User
from accounts.rules import queries as rules_of_the_request
from accounts.rules import services as rules_services
from demo.plan import sources
from geo_portal import tilesets
from geo_portal.map_sheet import first_picture
from tests import bare_database, roles
from tests.api_contract import ContractClient
from tests.data import cast
from tests.data.cast import EAST, MIDDLE, NORTH, SOUTH, WEST, World, box
from tiles.cache.change_log import CHANGE_LOG
from tiles.cache.memory import MEMORY
from tiles.engine.pool import POOL
from ui.deadlines import WATCH

# A busy machine draws examples slowly; that says nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

__all__ = ["EAST", "MIDDLE", "NORTH", "SOUTH", "WEST", "World", "box"]
"""Of the cast, for tests that name a place."""

collect_ignore = ["benchmark"]  # measured by `make bench`, never tested


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """No test sees what another one cached; no connection of the engine's own outlives the database."""
    cache.clear()
    cache.set(KEPT_AS, True)  # a site in use: without any account every page leads to `/setup/`
    MEMORY.clear()
    rules_of_the_request.end_request()
    yield
    CHANGE_LOG.close()
    POOL.close()
    for watched in list(WATCH._watched.values()):  # of an answer that a test has not read to its end
        WATCH.end(watched)


@pytest.fixture
def districts_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """For counting queries: the districts are read once in a test and not every five seconds, on a slow machine too.

    A page's picture of the map, which is kept until something on it changes, is left out: within a transaction, where a
    test is, nothing is kept.
    """
    monkeypatch.setattr(levels, "KEPT_SECONDS", 3_600)
    monkeypatch.setattr(first_picture, "_kept", lambda *asked: "")


@pytest.fixture(autouse=True)
def in_the_sites_own_language() -> None:
    """A request in English leaves its language active in this thread; the next test must not inherit it."""
    translation.deactivate()


MEDIA_FOLDERS = count()


@pytest.fixture(scope="session")
def media_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media", numbered=False)


@pytest.fixture(autouse=True)
def district_of_the_cast(settings: Any) -> None:
    """The small district of `cast` is this site's, whether or not a test writes the district's record."""
    settings.DISTRICT_CODE = "330203"


@pytest.fixture(autouse=True)
def media_in_tmp(settings: Any, media_folders: Path) -> None:
    """Uploads of a test end with it: a folder of its own, made when something is stored.

    A `tmp_path` for each of some thousand tests that store nothing takes longer than many of them.
    """
    settings.MEDIA_ROOT = media_folders / str(next(MEDIA_FOLDERS))


@pytest.fixture(autouse=True)
def patient_requests(settings: Any) -> None:
    """A request of a test may take long: what is slow is the machine, which does much else."""
    settings.REQUEST_TIME_FACTOR = 20


@pytest.fixture(autouse=True)
def heights_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site finds them in its media folder, which is empty here."""
    relief = dataclasses.replace(tilesets.HILLSHADE, path=sources.folder() / "ningbo_dem_30s.tif")
    monkeypatch.setattr(tilesets, "HILLSHADE", relief)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A password hash is slow on purpose; a test that makes six people need not wait for it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def emptied_quickly() -> Iterator[None]:
    """What a test has committed is removed by less than a flush."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", bare_database.restore)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_when_asked() -> Iterator[None]:
    """A client of a test looks for a static file when it is asked for one.

    Each client has a handler of its own, which would read all of them first: 25 ms, thousands of times.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "WHITENOISE_AUTOREFRESH", True, raising=False)
        yield


@pytest.fixture
def as_the_owner(db: None) -> Iterator[None]:
    """With the rights of whoever owns the tables, for tests that bend them."""
    roles.take("NONE")
    yield
    if not connection.in_atomic_block:  # a transaction's end gives them back by itself
        roles.take_the_sites()


@pytest.fixture
def world(db: None) -> World:
    return cast.make_world()


@pytest.fixture
def set_rule(db: None) -> Callable[..., None]:
    """Return a function that sets a rule of the district for a test, once for a key: in force since long ago."""

    def set_(key: str, value: Any, since: date = date(2000, 1, 1)) -> None:
        rules_services.begin({key: value}, since=since, reason="启用时的规则")

    return set_


@pytest.fixture
def deputy(world: World) -> User:
    return cast.make_deputy()


@pytest.fixture
def officer(world: World) -> User:
    return cast.make_officer(world)


@pytest.fixture
def other_officer(world: World) -> User:
    return cast.make_other_officer(world)


@pytest.fixture
def gis(world: World) -> User:
    return cast.make_gis()


@pytest.fixture
def staff(world: World) -> User:
    return cast.make_staff()


@pytest.fixture
def admin_user(world: World) -> User:
    return cast.make_admin()


@pytest.fixture
def client() -> Client:
    """A client that holds the API's answers against its description."""
    return ContractClient()


@pytest.fixture
def as_user() -> Callable[[User | None], Client]:
    """Return a client signed in as that person; None is the public."""

    def sign_in(user: User | None) -> Client:
        client = ContractClient()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
