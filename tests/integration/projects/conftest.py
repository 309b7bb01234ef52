"""Projects of the water department in two towns."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from projects.models import Milestone, Project
from projects.plan.services import refresh_projects


@pytest.fixture
def make_project(world: Any) -> Callable[..., Project]:
    """Return a maker of projects: started half a year ago, 40% due and done, 60% due in a month."""

    def make(code: str = "2026-01", **given: Any) -> Project:
        today = timezone.localdate()
        steps = given.pop("steps", None)
        values = {
            "name": "西塘河综合整治",
            "year": 2026,
            "category": Project.Category.WATER,
            "status": Project.Status.BUILDING,
            "lead": world.water,
            "area": world.west_town,
            "geom": Point(121.32, 29.85, srid=4326),
            "starts_on": today - timedelta(days=180),
            "ends_on": today + timedelta(days=60),
            "budget_wan": 200,
            "spent_wan": 50,
        } | given
        project = Project.objects.create(code=code, **values)
        past, coming = today - timedelta(days=90), today + timedelta(days=30)
        for order, (weight, due_on, done_on) in enumerate(steps or [(40, past, past), (60, coming, None)], 1):
            Milestone.objects.create(
                project=project, order=order, title=f"节点{order}", weight=weight, due_on=due_on, done_on=done_on
            )
        refresh_projects(Project.objects.filter(pk=project.pk))
        project.refresh_from_db()
        return project

    return make


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    return make_project()


@pytest.fixture
def candidate(make_project: Callable[..., Project]) -> Project:
    """Not yet voted for: not for the public."""
    return make_project("2027-09", name="候选公园", status=Project.Status.CANDIDATE, year=2027)


@pytest.fixture
def photo() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "seagreen").save(out, "JPEG")
    return SimpleUploadedFile("me at home.jpg", out.getvalue(), "image/jpeg")


@pytest.fixture
def today() -> date:
    return timezone.localdate()
