"""What other rooms add to a project's page: matters for those who may read them, waters for the drawing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.utils import timezone

from projects.models import Project
from river_monitoring.models import Reach, River
from supervision.models import Finding, MatterLink, Suggestion

PLACE = Point(121.33, 29.85, srid=4326)


@pytest.fixture
def project(world):
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-01"}
    return Project.objects.create(
        code="P1", name="污水管网", year=2026, category="water", status="building", lead=world.water,
        area=world.west_town, geom=PLACE, **days
    )  # fmt: skip


@pytest.fixture
def matter(project, world, deputy):
    now = timezone.now()
    finding = Finding.objects.create(
        client_id=uuid4(), reporter=deputy, category="environment", text="路面塌陷", geom=PLACE, area=world.west_town,
        seen_at=now, project=project,
    )  # fmt: skip
    return Suggestion.objects.create(
        number="2026-00001", finding=finding, title="尽快修复塌陷路面", text="路面塌陷", category="environment",
        author=deputy, department=world.water, state="assigned", submitted_at=now, due_on="2027-01-01",
    )  # fmt: skip


def test_a_matter_about_a_project_is_linked_for_those_who_may_read_it_and_for_nobody_else(
    matter, as_user, deputy, officer, other_officer, staff
):
    for reader in (deputy, officer, staff):
        page = as_user(reader).get("/projects/P1/").content.decode()
        assert f"/suggestions/{matter.number}/" in page
        assert matter.title in page
    late = datetime(2026, 3, 4, 17, tzinfo=UTC)  # in China it is the next day
    Suggestion.objects.filter(pk=matter.pk).update(submitted_at=late)
    page = as_user(staff).get("/projects/P1/").content.decode()
    assert 'datetime="2026-03-05"' in page
    for reader in (None, other_officer):
        assert matter.title not in as_user(reader).get("/projects/P1/").content.decode()


def test_a_matter_that_was_linked_since_and_a_part_of_one_stand_on_the_project_s_page_too(
    matter, project, as_user, deputy, staff, other_officer, world
):
    whole = Suggestion.objects.create(
        number="2026-00002", title="路灯不亮", text="路灯不亮", category="environment", author=deputy,
        department=world.water, state="assigned", submitted_at=timezone.now(), due_on="2027-01-01",
    )  # fmt: skip
    part = Suggestion.objects.create(
        number="2026-00003", split_from=matter, title="补种行道树", text="补种行道树", category="environment",
        author=deputy, department=world.water, state="assigned", submitted_at=timezone.now(), due_on="2027-01-01",
    )  # fmt: skip
    assert whole.title not in as_user(staff).get("/projects/P1/").content.decode()
    MatterLink.objects.create(suggestion=whole, project=project, made_by=staff)
    for reader in (staff, deputy):
        page = as_user(reader).get("/projects/P1/").content.decode()
        assert [page.count(f'href="/suggestions/{one.number}/"') for one in (matter, whole, part)] == [1, 1, 1]
    for reader in (None, other_officer):
        assert whole.title not in as_user(reader).get("/projects/P1/").content.decode()


def test_the_drawing_of_a_place_shows_the_waters_around_it_and_no_others(project, world, as_user):
    river = River.objects.create(code="R1", name="南塘河")
    near = MultiLineString(LineString((121.325, 29.85), (121.335, 29.851)), srid=4326)
    far = MultiLineString(LineString((121.39, 29.81), (121.395, 29.812)), srid=4326)
    for code, line in (("near", near), ("far", far)):
        Reach.objects.create(code=code, name=code, river=river, area=world.west_town, geom=line)
    assert as_user(None).get("/projects/P1/").content.decode().count('class="place-drawing__water"') == 1
