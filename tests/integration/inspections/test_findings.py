"""What is found on a patrol: typed, with place and photos; sent on as a matter once; evidence beside the photo."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from geokit.crs.gcj02 import wgs84_to_gcj02
from geokit.refusal import BadInput, NotPermitted
from inspections.models import FindingPhotoCheck, PatrolFinding, PatrolPhoto
from inspections.patrols import services
from inspections.patrols.permissions import checks_visible_to, patrol_photos_visible_to, patrols_visible_to
from ledger.chain import settle, verify
from ledger.chain.sql import ERASED
from river_monitoring.rectification.photo_proof import MOST_LATE_S, PhotoProof
from supervision.findings.intake import MAX_TEXT
from supervision.models import Finding
from supervision.public.erasure import erase_matter
from tests.integration.inspections.conftest import LAT, photo
from ui.pictures.photos import PhotoRefused

pytestmark = pytest.mark.django_db
HERE = {"lon": 121.312, "lat": LAT}


@pytest.fixture
def patrol(walk, reach, point):
    return walk(5, ended=False)


@pytest.fixture
def find(deputy, patrol):
    def keep(**more):
        given = {"client_id": uuid4(), "kind": "floating", "text": "水面有成片垃圾", **HERE, **more}
        return services.add_finding(more.pop("actor", deputy), patrol.pk, **given)

    return keep


def test_a_finding_takes_the_nearest_point_and_its_town(find, point, world):
    found = find()
    assert (found.point, found.area, found.get_kind_display()) == (point, world.west_town, "漂浮物、垃圾")


def test_a_finding_sent_twice_is_kept_once(find):
    number = uuid4()
    assert find(client_id=number) == find(client_id=number, text="又一次")
    assert PatrolFinding.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "ufo"}, "kind"),
        ({"text": " "}, "text"),
        ({"lon": None}, "place"),
        ({"lon": 120.0}, "place"),
        ({"seen_at": timezone.now() + timedelta(hours=2)}, "seen_at"),
        ({"point_code": "NONE"}, "point"),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_kept(find, wrong, field, settings):
    with pytest.raises(BadInput) as caught:
        find(photos=[photo()], **wrong)
    assert [error.field for error in caught.value.errors] == [field]
    assert not PatrolFinding.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_photo_that_is_none_is_refused_and_nothing_is_kept(find, settings):
    fake = photo()
    fake.file.seek(0)
    fake.file.truncate()
    fake.file.write(b"<svg onload=alert(1)>")
    fake.file.seek(0)
    with pytest.raises(PhotoRefused):
        find(photos=[photo(), fake])
    assert not PatrolFinding.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_nothing_is_found_after_the_end(find, deputy, patrol):
    services.stop(deputy, patrol.pk)
    with pytest.raises(BadInput) as caught:
        find()
    assert caught.value.code == "patrol-ended"


def test_time_and_place_of_a_photo_are_compared_before_they_are_stripped(find):
    now = timezone.now()
    kept = find(photos=[photo(at=now, lon=121.3121, lat=LAT)], seen_at=now).photos.get()
    assert kept.agrees is True
    assert kept.away_m == pytest.approx(9.7, abs=1)
    with kept.file.open("rb") as file:
        assert not Image.open(file).getexif()


def test_a_photo_without_exif_cannot_be_compared_and_is_kept(find):
    kept = find(photos=[photo()]).photos.get()
    assert kept.agrees is None
    assert "没有位置信息" in kept.sentences[0]
    assert "没有拍摄时间" in kept.sentences[1]


def test_a_photo_from_elsewhere_and_long_ago_says_by_how_much(find):
    now = timezone.now()
    kept = find(photos=[photo(at=now - timedelta(days=3), lon=121.332, lat=LAT)], seen_at=now).photos.get()
    assert kept.agrees is False
    assert kept.away_m == pytest.approx(1932, abs=5)
    assert f"相差 {round(kept.away_m)} 米" in kept.sentences[0]
    assert "之前 3 天" in kept.sentences[1]
    assert not kept.looks_offset


def test_the_offset_of_chinese_web_maps_is_said_in_words(find):
    lon, lat = (float(value) for value in wgs84_to_gcj02(HERE["lon"], HERE["lat"]))
    kept = find(photos=[photo(lon=lon, lat=lat)]).photos.get()
    assert kept.looks_offset
    assert 480 < kept.away_m < 520
    assert "GCJ-02" in kept.sentences[0]


def test_what_is_sent_goes_to_the_points_department_with_its_evidence(find, deputy, world):
    now = timezone.now()
    found = find(photos=[photo(at=now, lon=121.312, lat=LAT), photo(colour="red")], seen_at=now)
    matter = services.send(deputy, found.pk)
    assert matter.suggestion.department == world.water
    assert matter.text.startswith("漂浮物、垃圾：")
    assert matter.photos.count() == 2
    assert [check.agrees for check in FindingPhotoCheck.objects.order_by("photo")] == [True, None]
    assert services.send(deputy, found.pk) == matter
    assert Finding.objects.count() == 1


def test_that_all_is_well_is_not_sent_on(find, deputy):
    with pytest.raises(BadInput) as caught:
        services.send(deputy, find(kind="good", text="水清岸绿").pk)
    assert caught.value.code == "nothing-to-send"


@pytest.mark.parametrize("cast", ["staff", "officer"])
def test_only_she_who_found_it_sends_it_on(find, request, cast):
    with pytest.raises(NotPermitted):
        services.send(request.getfixturevalue(cast), find().pk)
    assert not Finding.objects.exists()


def test_an_unknown_topic_is_refused(find, deputy):
    found = find()
    with pytest.raises(BadInput):
        services.send(deputy, found.pk, category="weather")
    found.refresh_from_db()
    assert found.matter is None


def test_a_track_is_seen_by_her_the_staff_and_the_department_concerned(
    find, patrol, deputy, officer, other_officer, gis, staff, admin_user, django_user_model
):
    other_deputy = django_user_model.objects.create_user("other-deputy", role="deputy")
    seen = lambda user: patrol in patrols_visible_to(user)  # noqa: E731
    assert [seen(user) for user in (deputy, staff, admin_user)] == [True] * 3
    assert [seen(user) for user in (officer, other_officer, gis, other_deputy, None)] == [False] * 5
    services.send(deputy, find().pk)
    assert seen(officer)
    assert not seen(other_officer)


def test_a_department_sees_only_what_was_sent_to_it(find, deputy, officer, other_officer):
    sent, kept = find(photos=[photo()]), find(photos=[photo(colour="red")])
    services.send(deputy, sent.pk)
    assert [row.found for row in patrol_photos_visible_to(officer)] == [sent]
    assert not patrol_photos_visible_to(other_officer).exists()
    assert {row.found for row in patrol_photos_visible_to(deputy)} == {sent, kept}


def test_a_report_by_the_form_is_compared_as_well(as_user, deputy, point, reach):
    now = timezone.now()
    form = {
        "client_id": str(uuid4()), "text": "河面有油污", "category": "environment", "lng": "121.312", "lat": str(LAT),
        "photos": [photo(at=now, lon=121.312, lat=LAT)],
    }  # fmt: skip
    as_user(deputy).post("/report/", form)
    assert FindingPhotoCheck.objects.get().agrees is True


def test_the_comparison_is_shown_to_those_who_may_know_the_reporter(deputy, officer, other_officer, find, staff):
    found = find(photos=[photo()])
    finding = services.send(deputy, found.pk)
    for user, sees in ((deputy, 1), (staff, 1), (officer, 1), (other_officer, 0), (None, 0)):
        assert checks_visible_to(user, finding).count() == sees


def test_every_photo_that_may_be_evidence_has_the_same_fields():
    assert issubclass(PatrolPhoto, PhotoProof)
    assert issubclass(FindingPhotoCheck, PhotoProof)


def test_a_department_gets_nothing_of_what_was_not_sent_to_it(as_user, find, patrol, deputy, officer):
    sent, kept = find(), find(kind="outfall", text="别的单位的事", lon=121.3128)
    services.send(deputy, sent.pk)
    services.stop(deputy, patrol.pk)
    client = as_user(officer)
    features = client.get(f"/patrols/{patrol.pk}/track.geojson").json()["features"]
    assert [each["properties"]["name"] for each in features if each["properties"]["kind"] == "found"] == [
        "漂浮物、垃圾"
    ]
    page, paper = client.get(f"/patrols/{patrol.pk}/"), client.get(f"/patrols/{patrol.pk}/print/")
    assert kept not in [event.found for event in page.context["events"]]
    assert "排污口异常" not in page.text + paper.text
    assert len(paper.context["drawing"].marks) == 1
    assert [row.found_count for row, _standing in client.get("/patrols/").context["rows"]] == [1]
    assert client.get(f"/api/v1/patrols/{patrol.pk}/").json()["found"] == 1
    assert as_user(deputy).get(f"/api/v1/patrols/{patrol.pk}/").json()["found"] == 2
    assert "排污口异常" in as_user(deputy).get(f"/patrols/{patrol.pk}/").text


def test_the_longest_words_of_a_finding_are_sent_on_whole(find, deputy):
    words = "水" * MAX_TEXT
    assert services.send(deputy, find(text=words).pk).text == words


@pytest.mark.parametrize("years", [-30, 30, 150])
def test_a_photo_whose_clock_is_wrong_by_decades_is_kept(find, years):
    taken = timezone.now().replace(year=max(2000, timezone.now().year + years), month=1, day=1)
    kept = find(photos=[photo(at=taken)]).photos.get()
    assert kept.agrees is False
    assert abs(kept.late_s) <= MOST_LATE_S


def test_an_erasure_of_the_matter_takes_the_patrols_words_photos_and_exif_too(
    find, deputy, staff, django_capture_on_commit_callbacks
):
    now = timezone.now()
    found = find(photos=[photo(at=now, lon=121.312, lat=LAT)], seen_at=now)
    matter = services.send(deputy, found.pk)
    settle()
    with django_capture_on_commit_callbacks(execute=True):
        erase_matter(staff, matter.suggestion, "本人申请，个人信息保护法第四十七条")
    found.refresh_from_db()
    kept = found.photos.get()
    assert (found.text, kept.exif_place, kept.exif_at) == (ERASED, None, None)
    assert set(found.patrol.events.filter(verb="found").values_list("text", flat=True)) == {ERASED}
    assert not kept.file.storage.exists(kept.file.name)
    assert not FindingPhotoCheck.objects.exists()
    assert verify().faults == ()
