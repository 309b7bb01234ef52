"""Photos that did not arrive are named, added when they are sent again, and shown as missing until then."""

from hashlib import sha256

import pytest

from supervision.findings.arrivals import arrivals_of
from supervision.findings.models import Finding, FindingPhoto
from supervision.public import private_links
from supervision.public.erasure import erase_matter

from ..conftest import jpeg
from .conftest import typed

pytestmark = pytest.mark.django_db
REPORT = "/report/"
JSON = {"Accept": "application/json"}


def digest(photo):
    photo.seek(0)
    found = sha256(photo.read()).hexdigest()
    photo.seek(0)
    return found


def claim(*photos):
    return " ".join(map(digest, photos))


@pytest.fixture(params=["a citizen", "a deputy"])
def reporter(request, as_user, deputy, world, rule):
    return as_user(deputy if request.param == "a deputy" else None)


def test_the_answer_names_the_photos_that_are_here(reporter):
    red, blue = jpeg("red"), jpeg("blue")
    answer = reporter.post(REPORT, typed(photos=[red, blue], photo_sha256=claim(red, blue)), headers=JSON)
    assert answer.status_code == 201
    assert answer.json()["photos"] == {"arrived": [digest(red), digest(blue)], "missing": []}


def test_what_is_missing_is_named_and_added_when_it_is_sent_again(reporter):
    red, blue = jpeg("red"), jpeg("blue")
    given = typed(photo_sha256=claim(red, blue))
    first = reporter.post(REPORT, given | {"photos": [red]}, headers=JSON).json()
    assert first["photos"] == {"arrived": [digest(red)], "missing": [digest(blue)]}
    page = reporter.get(first["url"]).content.decode()
    assert "2 张照片中 1 张已送达" in page
    again = reporter.post(REPORT, given | {"photos": [blue], "photo_sha256": claim(blue)}, headers=JSON).json()
    assert (again["number"], again["photos"]["missing"]) == (first["number"], [])
    assert Finding.objects.get().photos.count() == 2
    assert "已送达" not in reporter.get(first["url"].split("?")[0]).content.decode()


def test_a_photo_whose_bytes_are_not_those_claimed_is_not_kept_and_counts_as_missing(reporter):
    red, altered = jpeg("red"), jpeg("blue")
    answer = reporter.post(REPORT, typed(photos=[altered], photo_sha256=claim(red)), headers=JSON)
    assert answer.json()["photos"] == {"arrived": [], "missing": [digest(red)]}
    assert not FindingPhoto.objects.exists()


def test_a_report_sent_three_times_has_each_photo_once(reporter):
    red, blue = jpeg("red"), jpeg("blue")
    given = typed(photo_sha256=claim(red, blue))
    for photos in ([red], [red, blue], [red, blue]):
        for photo in photos:
            photo.seek(0)
        answer = reporter.post(REPORT, given | {"photos": photos}, headers=JSON)
        assert answer.status_code == 201
    assert Finding.objects.get().photos.count() == 2


def test_without_a_claim_nothing_is_missing_and_a_second_sending_adds_nothing(reporter):
    given = typed()
    reporter.post(REPORT, given | {"photos": [jpeg("red")]}, headers=JSON)
    answer = reporter.post(REPORT, given | {"photos": [jpeg("blue")]}, headers=JSON).json()
    assert (len(answer["photos"]["arrived"]), answer["photos"]["missing"]) == (1, [])
    assert Finding.objects.get().photos.count() == 1


def test_a_claim_after_a_first_sending_without_one_adds_what_that_one_lacked(reporter):
    red, blue = jpeg("red"), jpeg("blue")
    given = typed()
    reporter.post(REPORT, given | {"photos": [red]}, headers=JSON)
    red.seek(0)
    again = given | {"photos": [red, blue], "photo_sha256": claim(red, blue)}
    assert reporter.post(REPORT, again, headers=JSON).json()["photos"]["missing"] == []
    assert Finding.objects.get().photos.count() == 2


def test_nobody_adds_photos_to_somebody_elses_report(reporter, client):
    red, blue = jpeg("red"), jpeg("blue")
    given = typed(photo_sha256=claim(red, blue))
    reporter.post(REPORT, given | {"photos": [red]}, headers=JSON)
    forged = typed(client_id=given["client_id"], photos=[blue], photo_sha256=claim(blue))
    assert client.post(REPORT, forged, headers=JSON).status_code in (400, 422)
    assert arrivals_of(Finding.objects.get()).missing == (digest(blue),)


@pytest.mark.parametrize("text", ["oil", "0" * 63, "g" * 64])
def test_a_claim_that_is_none_is_refused(reporter, text):
    answer = reporter.post(REPORT, typed(photo_sha256=text), headers=JSON)
    assert (answer.status_code in (400, 422), Finding.objects.exists()) == (True, False)


def test_more_than_nine_announced_photos_are_refused_whole(reporter):
    digests = " ".join(sha256(str(number).encode()).hexdigest() for number in range(10))
    answer = reporter.post(REPORT, typed(photo_sha256=digests), headers=JSON)
    assert (answer.json()["code"], Finding.objects.exists()) == ("too-many-photos", False)


def test_a_report_is_counted_once_however_many_times_its_photos_are_sent(client, world, set_rule):
    red, blue = jpeg("red"), jpeg("blue")
    set_rule("limits.reports_address_hour", 1)
    given = typed(photo_sha256=claim(red, blue))
    for photo in (red, blue):
        assert client.post(REPORT, given | {"photos": [photo]}, headers=JSON).status_code == 201
    stranger = given | {"secret": private_links.fresh_secret()}
    assert client.post(REPORT, stranger, headers=JSON).status_code == 429
    assert Finding.objects.get().photos.count() == 2


def test_a_phone_does_not_bring_back_photos_of_what_was_erased(reporter, staff):
    red, blue = jpeg("red"), jpeg("blue")
    given = typed(photo_sha256=claim(red, blue))
    reporter.post(REPORT, given | {"photos": [red]}, headers=JSON)
    erase_matter(staff, Finding.objects.get().suggestion, "本人申请，个人信息保护法第四十七条")
    answer = reporter.post(REPORT, given | {"photos": [blue], "photo_sha256": claim(blue)}, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "erased")
    assert FindingPhoto.objects.count() == 1
