"""The world of the access table, made once for a file of tests and undone with it.

Making it takes longer than asking an address seven times. It stands in a transaction of its own, each test in a
savepoint of that, so no test sees what another one wrote and nothing is left for other files.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from accounts.sessions import state
from jobs.lanes import Lane
from jobs.models import Job, Worker
from tests.api_contract import ContractClient
from tests.architecture.access import table, things
from tests.architecture.access.answers import PEOPLE, check_headers
from tests.architecture.access.foreign.table import rows as foreign_rows
from tests.architecture.access.foreign.things import make_foreign_things, make_foreigners
from tests.data import cast
from tests.data.module_scene import check_foreign_keys, made_once

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SIGNED_IN_JUST_NOW_S = 7 * 24 * 3600
"""However long the tests take, nobody has to show anew who she is; the rooms' own tests are about that."""
QUICK_HASH = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`read`, `write` and `foreign` are rows of the table, of the rooms that `--rooms` names or of all."""
    for kind in ("read", "write"):
        if kind in metafunc.fixturenames:
            rows = table.rows(f"{kind.upper()}S", chosen_rooms(metafunc.config))
            metafunc.parametrize(kind, rows, ids=[f"{row[0]} {row[1]}".strip() for row in rows])
    if "foreign" in metafunc.fixturenames:
        found = foreign_rows(chosen_rooms(metafunc.config))
        metafunc.parametrize("foreign", found, ids=[row.name for row in found])


def chosen_rooms(config: pytest.Config) -> list[str]:
    return [room for room in config.getoption("rooms").split(",") if room]


@dataclass
class Scene:
    """The things by their words and the people by their names."""

    world: cast.World
    things: dict[str, str]
    people: dict[str, User]
    sessions: dict[str, str]

    def client(self, name: str, **options: Any) -> Client:
        """Return a new client, signed in as that one of PEOPLE."""
        client = ContractClient(**options)
        if name in self.sessions:
            client.cookies[django_settings.SESSION_COOKIE_NAME] = self.sessions[name]
        return client


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def whole_scene(django_db_setup: None, django_db_blocker: Any, media: Path) -> Iterator[Scene]:
    translation.deactivate()
    cache.clear()
    with made_once(
        django_db_blocker,
        lambda: _make_scene(media),
        MEDIA_ROOT=media,
        PASSWORD_HASHERS=QUICK_HASH,
        ACCOUNT_REAUTHENTICATION_TIMEOUT=SIGNED_IN_JUST_NOW_S,
    ) as scene:
        yield scene


@pytest.fixture
def scene(whole_scene: Scene, db: None) -> Scene:
    # A file of tests may take longer than a worker may be silent or a job may wait.
    Worker.objects.update(heartbeat=timezone.now())
    Job.objects.filter(finished=None, due__lt=timezone.now()).update(due=timezone.now())
    return whole_scene


@pytest.fixture(scope="module")
def whole_foreign_scene(whole_scene: Scene, django_db_blocker: Any) -> Scene:
    """The scene with foreigners and things that are not theirs."""
    with django_db_blocker.unblock():
        foreigners = make_foreigners(whole_scene.world)
        people = whole_scene.people | foreigners
        made = make_foreign_things(whole_scene.world, whole_scene.things, people)
        sessions = whole_scene.sessions | {name: _session_of(person) for name, person in foreigners.items()}
        check_foreign_keys()
    return Scene(whole_scene.world, made, people, sessions)


@pytest.fixture
def foreign_scene(whole_foreign_scene: Scene, db: None) -> Scene:
    return whole_foreign_scene


@pytest.fixture(autouse=True)
def media_in_tmp(settings: Any, media: Path) -> None:
    """The layers' files were written while the scene was made."""
    settings.MEDIA_ROOT = media


@pytest.fixture
def ask_everybody(scene: Scene) -> Callable[[str, str], dict[str, int]]:
    """A function that asks an address as each of PEOPLE and returns the statuses by name."""

    def ask(method: str, address: str) -> dict[str, int]:
        statuses = {}
        for name in PEOPLE:
            answer = getattr(scene.client(name), method)(address)
            check_headers(answer, address, signed_in=name != "anonymous")
            statuses[name] = answer.status_code
        return statuses

    return ask


def _make_scene(folder: Path) -> Scene:
    world = cast.make_world()
    people = {
        "deputy": cast.make_deputy(),
        "officer": cast.make_officer(world),
        "other_officer": cast.make_other_officer(world),
        "gis": cast.make_gis(),
        "staff": cast.make_staff(),
        "admin": cast.make_admin(),
    }
    things.load_layers(folder)
    things.load_rasters(folder)
    made = things.make_things(world, people["deputy"]) | {"RUN": str(things.compute_answer().pk)}
    made["WEBHOOK"] = str(things.make_webhook(people["staff"]).pk)
    made |= things.make_source(world, people["gis"])
    for lane in Lane:
        Worker.objects.create(name=lane, host="here", lane=lane)
    return Scene(world, made, people, {name: _session_of(person) for name, person in people.items()})


def _session_of(person: User) -> str:
    client = Client()
    client.force_login(person, backend=BACKEND)
    # Each test's own use of the session is undone with it, and a file may take longer than somebody may be idle.
    session = client.session
    session[state.KEY] = {**session[state.KEY], "seen": timezone.now().timestamp() + SIGNED_IN_JUST_NOW_S}
    session.save()
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value
