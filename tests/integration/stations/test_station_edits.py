"""A station's own facts: kept up to date by who runs it, with a photo that is one."""

import io
from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import ExifTags, Image

from geokit.refusal import NotPermitted, Refusal, StaleEdit
from ledger.models import AuditEntry
from stations.models import OpeningDay, Station
from stations.receptions import services as receptions
from stations.register.opening_hours import next_opening, open_status
from stations.register.service_level import ServiceLevel, level_of
from stations.register.station_edits import edit_station

FACTS = {
    "phone": "0574-87001234",
    "floor": "2层",
    "indoor_m2": 130,
    "facilities": ["step_free", "private_room", "video"],
}


def jpeg(size=(80, 60)):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Phone"
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("front.jpg", out.getvalue(), content_type="image/jpeg")


def days():
    return [OpeningDay(rhythm="monthly", day=15, starts=time(8, 30), ends=time(11))]


def formset(*rows):
    data = {"days-TOTAL_FORMS": len(rows), "days-INITIAL_FORMS": 0, "days-MIN_NUM_FORMS": 0, "days-MAX_NUM_FORMS": 14}
    for number, row in enumerate(rows):
        data |= {f"days-{number}-{name}": value for name, value in row.items()}
    return data


def test_who_runs_it_keeps_it_up_to_date_and_the_sentence_follows(town_officer, west):
    station = edit_station(town_officer, west.pk, version=1, facts=FACTS, days=days())
    assert (station.phone, station.version, station.opening) == ("0574-87001234", 2, "每月15日 08:30-11:00")
    assert AuditEntry.objects.get(verb="station-edited").detail["changed"] == [
        "phone",
        "floor",
        "indoor_m2",
        "facilities",
    ]


@pytest.mark.parametrize("who", ["eastern_officer", "officer", "deputy", "gis", "east_staff"])
def test_a_stranger_changes_nothing(who, request, west, as_user):
    person = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        edit_station(person, west.pk, version=1, facts=FACTS, days=days())
    assert as_user(person).get("/stations/S-01/edit/").status_code == 404
    assert as_user(person).post("/stations/S-01/edit/", {}).status_code == 404


def test_a_stale_form_is_refused(town_officer, west):
    with pytest.raises(StaleEdit):
        edit_station(town_officer, west.pk, version=2, facts=FACTS, days=days())


def test_a_photo_loses_who_took_it_and_shows_on_the_page(town_officer, west, as_user):
    station = edit_station(town_officer, west.pk, version=1, facts=FACTS, days=days(), photo=jpeg())
    kept = Image.open(station.photo.open("rb"))
    assert not kept.getexif()
    page = as_user(None).get("/stations/S-01/").content.decode()
    assert 'src="/stations/S-01/photo/"' in page
    assert b"".join(as_user(None).get("/stations/S-01/photo/").streaming_content)[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "content",
    [b"not a photo", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"\xff\xd8\xff"],
)
def test_a_photo_that_is_none_is_refused_and_nothing_is_lost(content, town_officer, west, as_user):
    with pytest.raises(Refusal):
        photo = SimpleUploadedFile("a.jpg", content)
        edit_station(town_officer, west.pk, version=1, facts=FACTS, days=days(), photo=photo)
    west.refresh_from_db()
    assert (west.version, west.phone, west.photo.name) == (1, "", "")
    form = {"version": 1, "phone": "0574-1", "photo": SimpleUploadedFile("a.jpg", content)} | formset()
    answer = as_user(town_officer).post("/stations/S-01/edit/", form)
    assert answer.status_code == 400
    assert "0574-1" in answer.content.decode()


def test_a_photo_of_200_megabytes_is_refused_unread(town_officer, west):
    huge = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff")
    huge.size = 200 * 1024 * 1024
    with pytest.raises(Refusal):
        edit_station(town_officer, west.pk, version=1, facts=FACTS, days=days(), photo=huge)
    assert Station.objects.get().photo.name == ""


def test_the_page_keeps_what_was_typed_and_names_a_day_that_is_none(town_officer, west, as_user):
    client = as_user(town_officer)
    wrong = {"rhythm": "weekly", "day": 9, "starts": "08:30", "ends": "11:00"}
    answer = client.post("/stations/S-01/edit/", {"version": 1, "phone": "0574-1"} | formset(wrong))
    assert answer.status_code == 400
    assert "每周的日子是 1（周一）到 7（周日）" in answer.content.decode()
    right = wrong | {"day": 3}
    assert client.post("/stations/S-01/edit/", {"version": 1, "phone": "0574-1"} | formset(right)).status_code == 302
    assert Station.objects.get().opening == "每周三 08:30-11:00"
    stale = {"version": 1, "phone": "0574-2"} | formset(wrong | {"day": 4})
    assert client.post("/stations/S-01/edit/", stale).status_code == 409


def test_the_database_keeps_opening_days_in_order(west):
    for wrong in (
        {"rhythm": "weekly", "day": 8, "starts": time(8), "ends": time(9)},
        {"rhythm": "monthly", "day": 3, "starts": time(9), "ends": time(8)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningDay.objects.create(station=west, **wrong)


def test_open_now_and_next_follow_the_clock(west, noon):
    west.opening_days.create(rhythm="weekly", day=2, starts=time(11), ends=time(13))
    assert open_status(west.opening_days.all()) == "现在开放"
    noon.shift(2 * 3600)
    assert open_status(west.opening_days.all()) == "现在未开放"
    start, _end = next_opening(west.opening_days.all())
    assert f"{start:%Y-%m-%d %H:%M}" == "2026-12-01 11:00"


def test_a_31st_is_no_day_of_a_short_month(west, noon):
    west.opening_days.create(rhythm="monthly", day=31, starts=time(9), ends=time(10))
    assert f"{next_opening(west.opening_days.all())[0]:%m-%d}" == "12-31"


@pytest.mark.parametrize(
    ("size", "facilities", "level"),
    [
        (None, [], ServiceLevel.UNKNOWN),
        (99, FACTS["facilities"], ServiceLevel.BASIC),
        (100, [], ServiceLevel.STANDARD),
        (100, FACTS["facilities"], ServiceLevel.MODEL),
    ],
)
def test_the_indoor_level_is_told_from_size_and_facilities(size, facilities, level, west, set_rule):
    west.indoor_m2, west.facilities = size, facilities
    assert level_of(west) == level
    set_rule("stations.standard_m2", 200)
    assert level_of(west) == (ServiceLevel.UNKNOWN if size is None else ServiceLevel.BASIC)


def test_script_in_a_theme_is_shown_as_text(town_officer, west, plan, as_user):
    evil = "<script>alert(1)</script>"
    day = receptions.announce(town_officer, west, plan(kind="themed", theme=evil))
    for address in (day.get_absolute_url(), "/stations/receptions/", "/stations/S-01/"):
        page = as_user(None).get(address).content.decode()
        assert evil not in page
        assert "&lt;script&gt;" in page
