"""Who sees what: the same answer in list, page, API, tile and photo."""

import mapbox_vector_tile
import pytest
from django.urls import reverse

from supervision.matters.permissions import findings_visible_to, suggestions_visible_to
from supervision.models import Suggestion

from .conftest import jpeg

pytestmark = pytest.mark.django_db

TILE = "/tiles/findings/8/214/105.mvt"
CAST = ["deputy", "another_deputy", "officer", "other_officer", "staff", "admin_user", "gis", "public"]


@pytest.fixture
def another_deputy(world, django_user_model):
    return django_user_model.objects.create_user(username="another-deputy", role="deputy")


@pytest.fixture
def public():
    return None


@pytest.fixture
def at_point(deputy, point, file_finding):
    """About a public point, with the water department."""
    return file_finding(deputy, point_code=point.code, photos=[jpeg()])


@pytest.fixture
def elsewhere(deputy, file_finding):
    """About nothing public, with nobody."""
    return file_finding(deputy, photos=[jpeg("red")])


@pytest.fixture
def at_candidate(staff, candidate, file_finding):
    """About a project that is not public, with the ecology department."""
    return file_finding(staff, project_code=candidate.code, photos=[jpeg("blue")])


EXPECTED = {
    "deputy": {"at_point", "elsewhere"},
    "another_deputy": {"at_point"},
    "officer": {"at_point"},
    "other_officer": {"at_candidate"},
    "staff": {"at_point", "elsewhere", "at_candidate"},
    "admin_user": {"at_point", "elsewhere", "at_candidate"},
    "gis": set(),
    "public": set(),
}


@pytest.fixture
def findings(at_point, elsewhere, at_candidate):
    return {"at_point": at_point, "elsewhere": elsewhere, "at_candidate": at_candidate}


@pytest.mark.parametrize("cast", CAST)
def test_list_page_api_tile_and_photo_agree(cast, request, findings, as_user):
    user = request.getfixturevalue(cast)
    client = as_user(user)
    expected = {findings[name].pk for name in EXPECTED[cast]}
    assert set(findings_visible_to(user).values_list("pk", flat=True)) == expected
    assert {s.finding_id for s in suggestions_visible_to(user)} == expected
    listed = client.get("/api/v1/findings/").json()
    assert {feature["id"] for feature in listed["features"]} == expected
    assert _in_tile(client) == expected
    refusal = 404 if user else 302
    for finding in findings.values():
        expected_status = 200 if finding.pk in expected else refusal
        photo = finding.photos.get()
        for address in (
            reverse("supervision:finding", args=[finding.pk]),
            reverse("supervision:suggestion", args=[finding.suggestion.number]),
            reverse("supervision:photo", args=[photo.pk]),
            reverse("supervision:photo_small", args=[photo.pk]),
        ):
            assert client.get(address).status_code == expected_status, address


def _in_tile(client):
    answer = client.get(TILE)
    if answer.status_code in (204, 404):
        return set()
    assert answer.status_code == 200
    assert "public" not in answer["Cache-Control"]
    content = answer.content
    layer = mapbox_vector_tile.decode(content)["findings"]
    assert {feature["properties"]["state"] for feature in layer["features"]} <= {"assigned", "submitted"}
    return {feature["id"] for feature in layer["features"]}


@pytest.mark.parametrize("cast", ["gis", "public"])
def test_the_public_and_gis_staff_have_an_empty_tile_until_something_is_published(cast, request, findings, as_user):
    client = as_user(request.getfixturevalue(cast))
    assert client.get("/tiles/findings.json").status_code == 200
    assert client.get(TILE).status_code == 204
    Suggestion.objects.update(is_public=True, public_text="公开")
    [published] = Suggestion.objects.order_by("pk")[:1]
    ids = {feature["id"] for feature in mapbox_vector_tile.decode(client.get(TILE).content)["findings"]["features"]}
    assert published.finding_id in ids
    assert ids == set(Suggestion.objects.values_list("finding", flat=True))


def test_a_department_that_returned_a_matter_no_longer_sees_it(at_point, officer, staff):
    from supervision.matters import services

    services.ask_return(officer, at_point.suggestion.pk, version=1, text="不归我们")
    services.return_to_staff(staff, at_point.suggestion.pk, version=2)
    assert not findings_visible_to(officer).exists()


def test_another_deputy_reads_the_matter_without_the_name(at_point, another_deputy, deputy, as_user):
    page = reverse("supervision:suggestion", args=[at_point.suggestion.number])
    api = f"/api/v1/suggestions/{at_point.suggestion.number}/"
    assert "张代表" not in as_user(another_deputy).get(page).text
    body = as_user(another_deputy).get(api).json()
    assert (body["author"], body["events"][0]["who"]) == ("", "提出人")
    assert "张代表" in as_user(deputy).get(page).text
    assert as_user(deputy).get(api).json()["author"] == "张代表"


def test_the_answering_department_knows_whom_it_answers(at_point, officer, as_user):
    page = reverse("supervision:finding", args=[at_point.pk])
    assert "张代表" in as_user(officer).get(page).text
