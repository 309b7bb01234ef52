"""A finding is kept whole, once, and sent on its way; or it is refused with every reason, and nothing is kept."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone
from PIL import Image

from accounts.workdays import add_workdays
from geokit.refusal import BadInput, NotPermitted
from supervision.deadlines import clocks
from supervision.matters import table
from supervision.matters.services import filing
from supervision.models import Category, Finding, FindingPhoto, RoutingRule, Suggestion
from ui.pictures.photos import PhotoRefused

from .conftest import OUTSIDE, jpeg

pytestmark = pytest.mark.django_db


def stored_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_deputy_files_a_finding_at_a_point_and_it_goes_to_the_points_department(deputy, point, file_finding, world):
    finding = file_finding(deputy, point_code="P1", photos=[jpeg()])
    suggestion = finding.suggestion
    assert finding.area == world.west_town
    assert suggestion.state == Suggestion.State.ASSIGNED
    assert suggestion.department == world.water
    assert suggestion.due_on == clocks.reply_due_on(timezone.localdate())
    assert suggestion.title == "河面有油污"
    assert [event.verb for event in suggestion.events.all()] == ["submitted", "assigned"]
    assert table.TABLE.replay(event.verb for event in suggestion.events.all()) == suggestion.state


def test_a_finding_about_a_project_goes_to_its_lead(deputy, project, file_finding, world):
    assert file_finding(deputy, project_code="M1").suggestion.department == world.ecology


def test_a_rule_of_the_town_goes_before_one_of_the_district(deputy, file_finding, world):
    RoutingRule.objects.create(category="environment", department=world.water, days=15)
    assert file_finding(deputy).suggestion.department == world.water
    RoutingRule.objects.create(category="environment", area=world.west_town, department=world.ecology)
    assert file_finding(deputy).suggestion.department == world.ecology
    assert file_finding(deputy, lon=121.38).suggestion.department == world.water


def test_a_fast_lane_shortens_the_clock(deputy, file_finding, world):
    RoutingRule.objects.create(category="environment", department=world.water, days=15)
    assert file_finding(deputy).suggestion.due_on == add_workdays(timezone.localdate(), 15)


def test_two_rules_for_one_category_and_the_whole_district_cannot_be(world):
    RoutingRule.objects.create(category="legal", department=world.water)
    with pytest.raises(IntegrityError):
        RoutingRule.objects.create(category="legal", department=world.ecology)


def test_what_no_rule_covers_waits_for_staff(unrouted):
    assert (unrouted.state, unrouted.department, unrouted.due_on) == ("submitted", None, None)


def test_a_photo_is_kept_without_its_position(deputy, file_finding):
    finding = file_finding(deputy, photos=[jpeg()])
    with finding.photos.get().file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_the_same_photo_twice_is_kept_once(deputy, file_finding, settings):
    assert file_finding(deputy, photos=[jpeg(), jpeg()]).photos.count() == 1
    assert len(stored_files(settings)) == 1


def test_a_finding_sent_again_is_not_filed_again(deputy, file_finding, settings):
    number = uuid4()
    first = file_finding(deputy, client_id=number, photos=[jpeg()])
    again = file_finding(deputy, client_id=number, photos=[jpeg("red")])
    assert again == first
    assert (Finding.objects.count(), Suggestion.objects.count(), len(stored_files(settings))) == (1, 1, 1)


def test_a_number_that_somebody_else_used_is_refused(deputy, staff, file_finding):
    number = uuid4()
    file_finding(deputy, client_id=number)
    with pytest.raises(BadInput) as caught:
        file_finding(staff, client_id=number)
    assert caught.value.code == "client-id-taken"


def test_numbers_follow_each_other_within_a_year(deputy, file_finding):
    year = timezone.localdate().year
    assert [file_finding(deputy).suggestion.number for _ in range(2)] == [f"{year}-00001", f"{year}-00002"]


@pytest.mark.parametrize("cast", ["officer", "gis"])
def test_officers_and_gis_staff_do_not_file_findings(cast, request, file_finding):
    with pytest.raises(NotPermitted):
        file_finding(request.getfixturevalue(cast))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "   "}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"category": "weather"}, "category"),
        ({"lon": None}, "place"),
        ({"lat": float("nan")}, "place"),
        ({"lon": 29.85, "lat": 121.32}, "place"),
        (OUTSIDE, "place"),
        ({"point_code": "NO-SUCH"}, "point"),
        ({"project_code": "NO-SUCH"}, "project"),
        ({"seen_at": timezone.now() + timedelta(hours=1)}, "seen_at"),
        ({"address": "某" * 121}, "address"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_kept(wrong, field, deputy, file_finding, settings):
    with pytest.raises(BadInput) as caught:
        file_finding(deputy, photos=[jpeg()], **wrong)
    assert [error.field for error in caught.value.errors] == [field]
    assert not Finding.objects.exists()
    assert not stored_files(settings)


def test_all_errors_are_named_at_once(deputy, file_finding):
    with pytest.raises(BadInput) as caught:
        file_finding(deputy, text="", category="", lon=None)
    assert {error.field for error in caught.value.errors} == {"text", "category", "place"}


def test_a_place_outside_the_district_is_said_to_be_so(deputy, file_finding):
    with pytest.raises(BadInput) as caught:
        file_finding(deputy, **OUTSIDE)
    assert "不在海曙区范围内" in caught.value.errors[0].message


def test_a_hidden_project_cannot_be_linked_and_looks_missing(deputy, staff, candidate, file_finding):
    with pytest.raises(BadInput):
        file_finding(deputy, project_code=candidate.code)
    assert file_finding(staff, project_code=candidate.code).project == candidate


def test_a_file_that_is_no_photo_is_refused_by_its_place_in_the_row(deputy, file_finding, settings):
    fake = jpeg()
    fake.file.seek(0)
    fake.file.truncate()
    fake.file.write(b"<svg onload=alert(1)>")
    fake.file.seek(0)
    with pytest.raises(PhotoRefused, match="第 2 张") as caught:
        file_finding(deputy, photos=[jpeg(), fake])
    assert caught.value.errors[0].field == "photos"
    assert not Finding.objects.exists()
    assert not stored_files(settings)


def test_too_many_photos_are_refused(deputy, file_finding):
    with pytest.raises(BadInput) as caught:
        file_finding(deputy, photos=[jpeg() for _ in range(10)])
    assert caught.value.code == "too-many-photos"


def test_how_many_photos_a_report_has_is_a_rule_of_the_district(deputy, file_finding, set_rule, as_user):
    set_rule("reports.photos", 2)
    with pytest.raises(BadInput, match="最多上传 2 张") as caught:
        file_finding(deputy, photos=[jpeg("red"), jpeg("blue"), jpeg("green")])
    assert caught.value.code == "too-many-photos"
    page = as_user(None).get("/report/").content.decode()
    assert 'data-most="2"' in page and "最多 2 张，JPEG" in page


def test_when_storing_fails_half_way_neither_row_nor_file_stays(deputy, file_finding, settings, monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(filing, "submit", fail)
    with pytest.raises(DatabaseError):
        file_finding(deputy, photos=[jpeg(), jpeg("red")])
    assert (Finding.objects.count(), FindingPhoto.objects.count()) == (0, 0)
    assert not stored_files(settings)


def test_every_category_can_have_a_rule(world):
    for category in Category.values:
        RoutingRule.objects.create(category=category, department=world.water)
    assert RoutingRule.objects.count() == len(Category.values)
