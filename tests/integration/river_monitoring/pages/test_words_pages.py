"""Pages of objections, their answers and words for photos: who has them, and what everybody then reads."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from geokit.refusal import BadInput
from river_monitoring.models import Evidence
from river_monitoring.rectification import covering
from river_monitoring.rectification.acceptance_sheet import _photos_on_file
from river_monitoring.rectification.models import Objection, PhotoVouch
from river_monitoring.rectification.services import transition_point


@pytest.fixture
def photo_without_place(listed, officer, before):
    transition_point(
        listed.pk, "planned", officer, expected_version=1, note="截污", due_on=timezone.localdate() + timedelta(days=60)
    )
    given = [replace(before, lon=None, lat=None)]
    transition_point(listed.pk, "under_way", officer, expected_version=2, attachments=given)
    return Evidence.objects.get()


def test_a_deputy_objects_a_body_answers_and_everybody_reads_both(as_user, deputy, other_officer, officer, listed):
    client = as_user(deputy)
    page = client.get("/river/points/L-1/object/")
    assert "对销号提出异议" in page.content.decode()
    assert client.post("/river/points/L-1/object/", {"words": " "}).status_code == 400
    answer = client.post("/river/points/L-1/object/", {"words": "雨后有黑水"})
    assert answer["Location"] == "/river/points/L-1/#objections"
    again = client.post("/river/points/L-1/object/", {"words": "再说一遍"})
    assert again.status_code == 400 and "再说一遍" in again.content.decode()
    address = f"/river/objections/{Objection.objects.get().pk}/answer/"
    assert [as_user(who).get(address).status_code for who in (officer, deputy)] == [404, 404]
    assert address in as_user(other_officer).get("/river/points/L-1/").content.decode()
    assert other_officer.notices.filter(kind="river-objection").count() == 1
    assert as_user(other_officer).post(address, {"words": "已查明并纠正"}).status_code == 302
    assert as_user(other_officer).get(address).status_code == 404
    public = as_user(None).get("/river/points/L-1/").content.decode()
    assert "雨后有黑水" in public and "已查明并纠正" in public and deputy.display_name not in public
    assert deputy.notices.filter(kind="river-objection").count() == 1


def test_a_covered_photo_is_out_of_sight_for_all_but_those_who_judge_it(
    as_user, officer, other_officer, staff, deputy, photo_without_place
):
    page, file = "/river/points/L-1/", f"/river/evidence/{photo_without_place.pk}/"
    address = f"{file}cover/"
    assert [as_user(who).get(address).status_code for who in (None, deputy)] == [302, 404]
    assert "max-age=300" in as_user(None).get(file)["Cache-Control"]
    assert address in as_user(staff).get(page).content.decode()
    assert address not in as_user(None).get(page).content.decode()
    assert as_user(staff).post(address, {"words": " "}).status_code == 400
    assert as_user(staff).post(address, {"words": "拍到门牌"}).status_code == 302
    assert as_user(staff).post(address, {"words": "再来一次"}).status_code == 404
    for who in (None, deputy):
        assert as_user(who).get(file).status_code == 404
        shown = as_user(who).get(page).content.decode()
        assert "照片已遮盖" in shown and "拍到门牌" in shown and f'src="{file}"' not in shown
    for who in (officer, other_officer, staff):
        answer = as_user(who).get(file)
        assert answer.status_code == 200 and "public" not in answer["Cache-Control"]
        assert f'src="{file}"' in as_user(who).get(page).content.decode()


def test_a_sheet_that_is_made_later_has_the_reason_in_the_place_of_the_photo(staff, photo_without_place):
    assert [line.covered for line in _photos_on_file(photo_without_place.event.point)] == [""]
    covering.cover(photo_without_place.pk, staff, "拍到人脸")
    (line,) = _photos_on_file(photo_without_place.event.point)
    assert line.picture == "" and line.covered.endswith("：拍到人脸") and line.sha256 == photo_without_place.sha256
    with pytest.raises(BadInput, match="已经遮盖"):
        covering.cover(photo_without_place.pk, staff, "再来一次")


def test_a_word_for_a_photo_is_asked_of_others_than_its_uploader_and_shown(
    as_user, officer, other_officer, staff, photo_without_place
):
    address = f"/river/evidence/{photo_without_place.pk}/vouch/"
    assert [as_user(who).get(address).status_code for who in (officer, staff)] == [404, 404]
    assert address in as_user(other_officer).get("/river/points/L-1/").content.decode()
    assert as_user(other_officer).post(address, {"words": "现场核对过岸线"}).status_code == 302
    assert PhotoVouch.objects.get().actor == other_officer
    public = as_user(None).get("/river/points/L-1/").content.decode()
    assert "他人说明" in public and "现场核对过岸线" in public
