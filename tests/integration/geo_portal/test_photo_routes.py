"""Every address that takes photos: all of them named in the answer, none lost in silence, none for who has no right.

The same through the server that runs in production, where the connection breaks off.
"""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from projects.feedback.models import Feedback
from projects.models import Project
from projects.plan.models import ProgressReport
from projects.proposals.models import Proposal
from river_monitoring.models import MonitoringPoint
from river_monitoring.rectification.models import Evidence
from supervision.models import Finding, FindingPhoto, SuggestionEvent
from supervision.public import private_links, services
from tests.conftest import World
from tests.integration.geo_portal.test_cut_uploads import TOKEN, serving, status
from tests.integration.supervision.conftest import jpeg
from tests.integration.supervision.public.conftest import TEXT

JSON = {"Accept": "application/json"}
IN_THE_WEST = {"lng": "121.32", "lat": "29.85"}
RED, BLUE = jpeg("red").read(), jpeg("blue").read()


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


@dataclass
class Route:
    """One address, who may post what to it, and how to count what it has stored."""

    address: str
    who: User | None
    field: str
    fields: dict[str, str]
    stored: Callable[[], int]
    foreign_address: str = ""
    foreigner: User | None = None
    foreign_fields: dict[str, str] | None = None
    adds_later: bool = False
    """Takes what came and adds the rest when it is sent again; the others take all or nothing."""

    def post(self, client: Client, *photos: bytes, claim: str = "", **more: str) -> Any:
        files = [jpeg() for _ in photos]
        for file, content in zip(files, photos, strict=True):
            file.file.seek(0)
            file.file.write(content)
            file.file.truncate()
            file.size = len(content)
            file.seek(0)
        given = {**self.fields, **more, "photo_sha256": claim, self.field: files}
        return client.post(self.address, given, headers=JSON)


def photos_of(answer: Any) -> dict[str, list[str]]:
    body = answer.json()
    found: dict[str, list[str]] = body["properties"]["sent_photos"] if "properties" in body else body["photos"]
    return found


def a_project(world: World, code: str, state: str) -> Project:
    place = Point(121.38, 29.85, srid=4326)
    return Project.objects.create(
        code=code, name="东片雨污分流", year=2026, category="water", status=state, lead=world.ecology,
        area=world.east_town, geom=place, starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip


def feedback(world: World, people: dict[str, User]) -> Route:
    a_project(world, "M1", "building")
    a_project(world, "M2", "candidate")
    there, hidden = (reverse("projects:feedback", args=[code]) for code in ("M1", "M2"))
    return Route(there, None, "photo", {"text": "路面已铺好"}, Feedback.objects.count, hidden)


def progress(world: World, people: dict[str, User]) -> Route:
    a_project(world, "M1", "building")
    fields = {"text": "完成管网铺设", "reported_on": timezone.localdate().isoformat(), "moment": "during"}
    address = reverse("projects:report_progress", args=["M1"])
    return Route(
        address, people["other_officer"], "photo", fields, ProgressReport.objects.count, foreigner=people["officer"]
    )


def proposal(world: World, people: dict[str, User]) -> Route:
    fields = {
        "title": "建一处社区食堂",
        "text": "葑里村老人多，村里现在没有能吃饭的地方，希望建一处社区食堂。",
        "category": "water",
        "seen": "on",
        **IN_THE_WEST,
    }
    return Route(reverse("projects:propose"), None, "photo", fields, Proposal.objects.count)


def evidence(world: World, people: dict[str, User]) -> Route:
    MonitoringPoint.objects.create(
        code="P1", name="望春桥", kind="small", area=world.west_town, department=world.water, status="planned",
        geom=Point(121.3167, 29.85, srid=4326),
    )  # fmt: skip
    return Route(
        reverse("river:transition", args=["P1"]),
        people["officer"],
        "photos_before",
        {"to_state": "under_way", "version": "1", "note": ""},
        Evidence.objects.count,
        foreigner=people["other_officer"],
    )


def say(world: World, people: dict[str, User]) -> Route:
    secret = private_links.fresh_secret()
    place = {"lon": 121.32, "lat": 29.85}
    services.file_report(client_id=uuid4(), secret=secret, text=TEXT, category="environment", **place)
    address, wrong = (
        reverse("matters:mine_step", args=[word, "say"]) for word in (secret, private_links.fresh_secret())
    )
    return Route(address, None, "photos", {"text": "油污还在"}, FindingPhoto.objects.count, wrong, adds_later=True)


def finding(world: World, people: dict[str, User]) -> Route:
    fields = {"client_id": str(uuid4()), "text": TEXT, "category": "environment", **IN_THE_WEST}
    theirs = {**fields, "client_id": str(uuid4())}
    other = User.objects.create_user(username="another-deputy", password="a long enough phrase", role="deputy")
    Finding.objects.create(
        client_id=theirs["client_id"], reporter=other, category="environment", text="x",
        geom=Point(121.32, 29.85, srid=4326), seen_at="2026-01-01T00:00+08:00",
    )  # fmt: skip
    return Route(
        "/api/v1/findings/", people["deputy"], "photos", fields, FindingPhoto.objects.count,
        foreign_fields=theirs, adds_later=True,
    )  # fmt: skip


ROUTES = [feedback, progress, proposal, evidence, say, finding]


@pytest.fixture(params=ROUTES, ids=lambda make: make.__name__)
def route(request, world, officer, other_officer, deputy, staff) -> Route:
    return request.param(world, {"officer": officer, "other_officer": other_officer, "deputy": deputy})


@pytest.mark.django_db
def test_the_answer_names_the_photos_that_are_here(route, as_user):
    photos = (RED, BLUE) if route.field.startswith("photos") else (RED,)
    claim = " ".join(map(digest, photos))
    answer = route.post(as_user(route.who), *photos, claim=claim)
    assert answer.status_code == 201, answer.content
    assert photos_of(answer) == {"arrived": [digest(photo) for photo in photos], "missing": []}
    assert route.stored() == len(photos)


@pytest.mark.django_db
def test_no_photo_that_is_missing_or_altered_is_passed_over(route, as_user):
    claim = f"{digest(RED)} {digest(BLUE)}"
    answer = route.post(as_user(route.who), RED, claim=claim)
    assert photos_of(answer) == {"arrived": [digest(RED)], "missing": [digest(BLUE)]}
    if not route.adds_later:
        assert (answer.status_code, answer.json()["code"], route.stored()) == (400, "photos-missing", 0)
        return
    assert (answer.status_code, route.stored()) == (201, 1)
    again = route.post(as_user(route.who), RED, BLUE, claim=claim)
    assert photos_of(again)["missing"] == []
    assert route.stored() == 2


@pytest.mark.django_db
def test_a_claim_that_is_none_is_refused(route, as_user):
    answer = route.post(as_user(route.who), RED, claim="oil")
    assert (answer.status_code in (400, 422), answer.json()["code"], route.stored()) == (True, "bad-claim", 0)


@pytest.mark.django_db
def test_what_is_somebody_elses_takes_no_photo(route, as_user):
    if not (route.foreign_address or route.foreigner or route.foreign_fields):
        pytest.skip("a proposal is about nothing of anybody's")
    route.address = route.foreign_address or route.address
    answer = route.post(as_user(route.foreigner or route.who), RED, claim=digest(RED), **(route.foreign_fields or {}))
    assert answer.status_code in (400, 403, 404, 422)
    assert route.stored() == 0


@pytest.mark.django_db
def test_words_that_are_sent_again_are_said_once_and_the_page_tells_what_is_missing(world, as_user, client):
    route = say(world, {})
    claim = f"{digest(RED)} {digest(BLUE)}"
    route.post(client, RED, claim=claim)
    page = route.address.removesuffix("say/")
    assert "2 张照片中 1 张已送达" in client.get(page).content.decode()
    route.post(client, BLUE, claim=claim)
    assert "已送达" not in client.get(page).content.decode()
    assert SuggestionEvent.objects.filter(verb="said").count() == 1
    route.post(client, text="又多了一处")
    assert SuggestionEvent.objects.filter(verb="said").count() == 2


@pytest.mark.django_db
def test_a_page_with_photos_carries_the_field_that_claims_them(world, as_user, officer, other_officer, deputy):
    people = {"officer": officer, "other_officer": other_officer, "deputy": deputy}
    pages = {
        feedback: (None, reverse("projects:feedback", args=["M1"])),
        proposal: (None, reverse("projects:propose")),
        evidence: (officer, reverse("river:point", args=["P1"])),
    }
    for make, (who, address) in pages.items():
        make(world, people)
        assert "data-photo-claim" in as_user(who).get(address).content.decode(), address
    assert (
        "data-photo-claim"
        in as_user(other_officer).get(reverse("projects:report_progress", args=["M1"])).content.decode()
    )
    mine = say(world, people).address.removesuffix("say/")
    assert "data-photo-claim" in as_user(None).get(mine).content.decode()


def body_of(route: Route) -> bytes:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {**route.fields, "photo_sha256": digest(RED)}.items()
    ]
    photo = f'--x\r\nContent-Disposition: form-data; name="{route.field}"; filename="a.jpg"\r\n'
    return "".join(parts).encode() + photo.encode() + b"Content-Type: image/jpeg\r\n\r\n" + RED + b"\r\n--x--\r\n"


def send(port: int, route: Route, body: bytes, announced: int, cookies: str) -> bytes:
    """Send what there is of a body that was announced longer, then hang up; return the answer."""
    head = [
        f"POST {route.address} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {announced}", f"Cookie: csrftoken={TOKEN}{cookies}", f"X-CSRFToken: {TOKEN}",
        "Accept: application/json", "Connection: close",
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        if len(body) < announced:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def cookies_of(user: User | None) -> str:
    """A session that the server of these tests takes for its own."""
    if user is None:
        return ""
    client = Client()
    with override_settings(SECRET_KEY="for this test"):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return f"; sessionid={client.cookies['sessionid'].value}"


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_breaks_off_stores_nothing_and_a_whole_one_is_stored(
    world, officer, other_officer, deputy, staff, tmp_path
):
    people = {"officer": officer, "other_officer": other_officer, "deputy": deputy}
    with serving(tmp_path) as server:
        for make in (progress, proposal, evidence, say, finding, feedback):
            Project.objects.filter(code__in=("M1", "M2")).update(code=f"{make.__name__[:8]}")
            route = make(world, people)
            body, cookies = body_of(route), cookies_of(route.who)
            for sent in (0, 60, len(body) // 2, len(body) - 1):
                answer = send(server.port, route, body[:sent], len(body), cookies)
                assert answer == b"" or status(answer) == 400, (make.__name__, sent)
            assert route.stored() == (2 if make is finding else 1) - 1, make.__name__
            answer = send(server.port, route, body, len(body), cookies)
            assert (status(answer), digest(RED).encode() in answer) == (201, True), (make.__name__, answer[:600])
            assert route.stored() == (2 if make is finding else 1), make.__name__
