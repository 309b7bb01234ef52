"""A project that somebody may not see is in none of list, page, API, tile, download, photo."""

import json
from collections.abc import Callable
from typing import Any

import mapbox_vector_tile
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from projects.models import Project
from projects.permissions import project_audience, projects_visible_to
from projects.plan.services import report_progress

TILE = "/tiles/projects/0/0/0.mvt"


def codes_on_tile(client: Client) -> set[str]:
    answer = client.get(TILE)
    layers = mapbox_vector_tile.decode(answer.content) if answer.status_code == 200 else {}
    return {feature["properties"]["code"] for feature in layers.get("projects", {"features": []})["features"]}


def test_anonymous_meets_a_project_everywhere_and_a_candidate_nowhere(
    project: Project, candidate: Project, as_user: Callable
) -> None:
    public = as_user(None)
    page = public.get("/projects/").content.decode()
    assert project.name in page
    assert candidate.name not in page
    assert public.get("/projects/2026-01/").status_code == 200
    assert public.get("/projects/2027-09/").status_code == 404
    listed = public.get("/api/v1/projects/").json()["features"]
    assert [feature["properties"]["code"] for feature in listed] == ["2026-01"]
    assert public.get(f"/api/v1/projects/{project.pk}/").status_code == 200
    assert public.get(f"/api/v1/projects/{candidate.pk}/").status_code == 404
    assert candidate.name not in public.get("/projects/download.csv").content.decode()
    assert candidate.name not in public.get("/projects/download.geojson").content.decode()
    assert codes_on_tile(as_user(None)) == {"2026-01"}


def test_a_candidate_year_is_not_given_away_by_the_filter(candidate: Project, as_user: Callable, staff: Any) -> None:
    assert "2027" not in as_user(None).get("/projects/").content.decode()
    assert "2027" in as_user(staff).get("/projects/").content.decode()


def test_staff_and_own_department_see_a_candidate(
    candidate: Project, staff: Any, officer: Any, as_user: Callable
) -> None:
    for user in (staff, officer):
        assert as_user(user).get("/projects/2027-09/").status_code == 200
        assert codes_on_tile(as_user(user)) == {"2027-09"}


@pytest.mark.parametrize("who", ["deputy", "gis", "other_officer"])
def test_others_do_not_see_a_candidate(who: str, candidate: Project, as_user: Callable, request: Any) -> None:
    user = request.getfixturevalue(who)
    assert as_user(user).get("/projects/2027-09/").status_code == 404
    assert codes_on_tile(as_user(user)) == set()


def test_a_partner_department_sees_the_candidate_once(candidate: Project, world: Any, other_officer: Any) -> None:
    candidate.partners.add(world.ecology, world.water)
    assert list(projects_visible_to(other_officer)) == [candidate]


def test_audiences_differ_where_what_is_seen_differs(staff: Any, officer: Any, other_officer: Any, deputy: Any) -> None:
    assert project_audience(None) == project_audience(deputy) == "public"
    assert len({project_audience(user) for user in (staff, officer, other_officer, deputy)}) == 4


def test_a_photo_is_served_to_whoever_sees_the_project_and_to_nobody_else(
    project: Project, candidate: Project, officer: Any, photo: SimpleUploadedFile, as_user: Callable
) -> None:
    shown = report_progress(project.pk, officer, "清淤", photo=photo)
    photo.seek(0)
    hidden = report_progress(candidate.pk, officer, "选址", photo=photo)
    public = as_user(None)
    answer = public.get(f"/projects/{project.code}/photos/{shown.pk}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    b"".join(answer.streaming_content)
    assert public.get(f"/projects/{candidate.code}/photos/{hidden.pk}/").status_code == 404
    assert public.get(f"/projects/{project.code}/photos/{hidden.pk}/").status_code == 404


def test_tiles_carry_what_the_map_needs(project: Project, as_user: Callable) -> None:
    feature = mapbox_vector_tile.decode(as_user(None).get(TILE).content)["projects"]["features"][0]
    assert feature["id"] == project.pk
    assert feature["properties"] == {
        "id": project.pk, "code": "2026-01", "name": "西塘河综合整治", "category": "water", "status": "building",
        "light": "green", "progress": 40, "area": "西镇", "year": 2026,
    }  # fmt: skip


def test_api_gives_geojson_with_milestones_in_the_detail(project: Project, as_user: Callable) -> None:
    feature = as_user(None).get(f"/api/v1/projects/{project.pk}/").json()
    assert feature["geometry"] == {"type": "Point", "coordinates": [121.32, 29.85]}
    assert [step["weight"] for step in feature["properties"]["milestones"]] == [40, 60]
    assert json.dumps(feature["properties"]["page"]).endswith('/projects/2026-01/"')
