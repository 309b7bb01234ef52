"""Staff look at reports, publish with their own words, and cover photos; the public sees that and nothing else."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image, ImageDraw

from accounts.models import Area
from geokit.refusal import BadInput, NotPermitted
from supervision.matters import services as chain
from supervision.models import Finding, PublishedPhoto, Suggestion
from supervision.public import services
from supervision.public.permissions import findings_readable_by, unadopted_matters
from supervision.vector_layers import LAYERS
from tests import roles
from ui.pictures import covering

pytestmark = pytest.mark.django_db
PUBLIC = AnonymousUser()


def ticked(*matters):
    return [f"{matter.pk}:{matter.version}" for matter in matters]


def face() -> SimpleUploadedFile:
    """A photo with something in it that nobody may see: a black and white pattern at 20..40."""
    image = Image.new("RGB", (100, 80), "teal")
    draw = ImageDraw.Draw(image)
    for x in range(20, 40, 2):
        draw.line([(x, 20), (x, 39)], fill="white")
        draw.line([(x + 1, 20), (x + 1, 39)], fill="black")
    out = io.BytesIO()
    image.save(out, format="PNG")
    return SimpleUploadedFile("face.png", out.getvalue(), content_type="image/png")


def test_staff_accept_many_at_once_and_each_goes_its_way(as_user, staff, file_report, rule, world):
    matters = [file_report()[0].suggestion for _ in range(3)]
    answer = as_user(staff).post("/matters/received/", {"do": "accept", "chosen": ticked(*matters[:2])})
    assert answer.status_code == 302
    states = list(Suggestion.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["assigned", "assigned", "received"]


def test_staff_decline_with_a_reason_that_the_reporter_reads(as_user, client, staff, received):
    finding, secret = received
    chosen = {"do": "decline", "chosen": ticked(finding.suggestion), "reason": "pending", "text": "请等待判决"}
    as_user(staff).post("/matters/received/", chosen)
    finding.suggestion.refresh_from_db()
    assert finding.suggestion.state == "declined"
    page = client.get(f"/my/{secret}/").content.decode()
    assert "正在诉讼、仲裁、复议或信访程序中" in page
    assert "请等待判决" in page


@pytest.mark.parametrize("more", [{"do": "decline"}, {"do": "decline", "reason": "other"}])
def test_without_a_reason_nothing_is_declined_and_the_ticks_stay(as_user, staff, received, more):
    matter = received[0].suggestion
    answer = as_user(staff).post("/matters/received/", {"chosen": ticked(matter), **more})
    assert answer.status_code == 422
    assert "checked" in answer.content.decode()
    matter.refresh_from_db()
    assert matter.state == "received"


@pytest.mark.parametrize(
    "more", [{"reason": "((((a", "text": "无"}, {"reason": "other", "text": "无" * 1001}], ids=["reason", "text"]
)
def test_a_reason_that_the_form_does_not_take_is_said_beside_it(as_user, staff, received, more):
    matter = received[0].suggestion
    answer = as_user(staff).post("/matters/received/", {"do": "decline", "chosen": ticked(matter), **more})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) <= {"reason", "text"}
    matter.refresh_from_db()
    assert matter.state == "received"


def test_nothing_ticked_is_said(as_user, staff, received):
    answer = as_user(staff).post("/matters/received/", {"do": "accept"})
    assert answer.status_code == 422
    assert "请先勾选" in answer.content.decode()


def test_what_a_colleague_has_settled_meanwhile_is_not_settled_twice(as_user, staff, received, rule):
    matter = received[0].suggestion
    chosen = ticked(matter)
    chain.accept(staff, matter.pk, version=matter.version)
    answer = as_user(staff).post(
        "/matters/received/", {"do": "decline", "reason": "empty", "chosen": chosen}, follow=True
    )
    assert "在您打开页面后已变为" in answer.content.decode()
    matter.refresh_from_db()
    assert matter.state == "assigned"


def test_staff_of_another_town_neither_see_nor_settle_a_report(as_user, staff, received, world):
    staff.area = world.east_town
    staff.save()
    client = as_user(staff)
    matter = received[0].suggestion
    assert matter.number not in client.get("/matters/received/").content.decode()
    client.post("/matters/received/", {"do": "accept", "chosen": ticked(matter)})
    matter.refresh_from_db()
    assert matter.state == "received"
    assert client.get(f"/matters/{matter.number}/publish/").status_code == 404
    assert client.get(f"/matters/cover/{received[0].photos.get().pk}/").status_code == 404


def test_a_report_is_seen_by_no_deputy_or_officer_before_staff_have_looked(received, deputy, officer):
    for person in (deputy, officer, PUBLIC):
        assert not findings_readable_by(person).exists()


def test_a_published_matter_has_a_page_without_names_and_first_words(client, published, deputy):
    page = client.get(f"/matters/{published[0].number}/").content.decode()
    assert "望春桥下有油污" in page
    assert "正在清理" in page
    assert "二十平方米" not in page


def test_a_matter_that_is_not_published_has_no_page(client, accepted, as_user, staff):
    assert client.get(f"/matters/{accepted[0].number}/").status_code == 404
    assert as_user(staff).get(f"/matters/{accepted[0].number}/").status_code == 404


def test_list_page_api_and_tile_show_the_same_published_matters(client, published, file_report, world):
    file_report(text="没有公开的")
    pk = published[0].finding_id
    assert published[0].number in client.get("/matters/").content.decode()
    features = client.get("/api/v1/findings/").json()["features"]
    assert [feature["id"] for feature in features] == [pk]
    found = findings_readable_by(PUBLIC)
    assert [finding.pk for finding in found] == [pk]
    tiles = client.get("/tiles/").content.decode()
    assert "findings" in tiles


def test_the_public_api_has_the_public_version_only(client, published):
    feature = client.get(f"/api/v1/findings/{published[0].finding_id}/").json()
    properties = feature["properties"]
    assert properties["text"] == "望春桥下有油污\n正在清理"
    assert (properties["client_id"], properties["seen_at"], properties["address"]) == (None, None, "")
    assert (properties["reporter"], properties["photos"]) == ("", [])
    assert "二十平方米" not in json.dumps(feature, ensure_ascii=False)


def test_staff_get_the_whole_report_by_the_api(as_user, staff, published):
    properties = as_user(staff).get(f"/api/v1/findings/{published[0].finding_id}/").json()["properties"]
    assert properties["text"].startswith("河面有油污")
    assert len(properties["photos"]) == 1


def test_the_address_of_a_finding_leads_the_public_to_the_public_page(client, published):
    answer = client.get(f"/findings/{published[0].finding_id}/")
    assert answer.url == f"/matters/{published[0].number}/"


def test_withdrawn_is_gone_everywhere(client, published, staff):
    matter = published[0]
    services.withdraw(staff, matter.pk, version=matter.version)
    assert client.get(f"/matters/{matter.number}/").status_code == 404
    assert client.get("/api/v1/findings/").json()["features"] == []
    assert not findings_readable_by(PUBLIC).exists()


def test_an_answer_becomes_public_only_when_staff_publish_again(client, published, officer, staff):
    matter = chain.reply(officer, published[0].pk, version=published[0].version, text="已清除，张三负责", result="A")
    address = f"/matters/{matter.number}/"
    assert "张三" not in client.get(address).content.decode()
    services.publish(staff, matter.pk, version=matter.version, text=matter.public_text)
    assert "张三" in client.get(address).content.decode()


def test_publishing_needs_words_and_the_newest_version(as_user, staff, accepted):
    matter = accepted[0]
    client, address = as_user(staff), f"/matters/{matter.number}/publish/"
    assert client.post(address, {"do": "publish", "version": matter.version, "text": " "}).status_code == 400
    stale = client.post(address, {"do": "publish", "version": matter.version - 1, "text": "新的话"})
    assert stale.status_code == 409
    assert "新的话" in stale.content.decode()
    matter.refresh_from_db()
    assert not matter.is_public


def test_a_report_that_nobody_has_looked_at_cannot_be_published(staff, received):
    matter = received[0].suggestion
    with pytest.raises(NotPermitted):
        services.publish(staff, matter.pk, version=matter.version, text="公开")


def test_the_public_copy_of_a_photo_has_nothing_left_in_the_box(client, staff, file_report, rule):
    finding, _ = file_report(photos=[face()])
    matter = chain.accept(staff, finding.suggestion.pk, version=1)
    matter = services.publish(staff, matter.pk, version=matter.version, text="公开")
    row = services.publish_photo(staff, finding.photos.get().pk, [(20, 20, 20, 20)])
    answer = client.get(f"/matters/photos/{row.pk}/")
    image = Image.open(io.BytesIO(b"".join(answer.streaming_content))).convert("L")
    spread = [image.getpixel((x, 30)) for x in range(22, 38)]
    assert max(spread) - min(spread) < 64, "the stripes were 255 apart"
    assert not image.getexif()


def test_the_original_is_never_public(client, as_user, officer, staff, published):
    photo = published[0].finding.photos.get()
    services.publish_photo(staff, photo.pk, [])
    assert client.get(f"/matters/originals/{photo.pk}/").status_code == 302
    assert as_user(officer).get(f"/matters/originals/{photo.pk}/").status_code == 404
    assert client.get(f"/findings/photos/{photo.pk}/").status_code == 302
    assert client.get(f"/media/{photo.file.name}").status_code == 404
    assert as_user(staff).get(f"/matters/originals/{photo.pk}/").status_code == 200


def test_a_photo_without_a_looked_at_copy_is_on_no_public_page(client, published):
    page = client.get(f"/matters/{published[0].number}/").content.decode()
    assert "photo-grid" not in page


def test_the_copy_of_a_withdrawn_matter_is_not_there(client, staff, published):
    row = services.publish_photo(staff, published[0].finding.photos.get().pk, [])
    matter = Suggestion.objects.get(pk=published[0].pk)
    services.withdraw(staff, matter.pk, version=matter.version)
    assert client.get(f"/matters/photos/{row.pk}/").status_code == 404


def test_covering_anew_starts_from_the_original_and_leaves_one_file(
    staff, published, django_capture_on_commit_callbacks, monkeypatch
):
    photo = published[0].finding.photos.get()
    copies = iter([b"one copy", b"another copy"])
    monkeypatch.setattr(services.covering, "cover", lambda *_: next(copies))
    first = services.publish_photo(staff, photo.pk, [(0, 0, 10, 10)])
    name, storage = first.file.name, first.file.storage
    with django_capture_on_commit_callbacks(execute=True):
        second = services.publish_photo(staff, photo.pk, [])
    assert PublishedPhoto.objects.get().boxes == []
    assert not storage.exists(name)
    assert storage.exists(second.file.name)


def test_boxes_are_typed_without_a_pointer_and_can_be_taken_away(as_user, staff, published):
    photo = published[0].finding.photos.get()
    client, address = as_user(staff), f"/matters/cover/{photo.pk}/"
    rows = {"left": ["1", ""], "top": ["2", ""], "width": ["30", ""], "height": ["20", ""]}
    client.post(address, {"do": "publish", **rows})
    assert PublishedPhoto.objects.get().boxes == [[1, 2, 30, 20]]
    client.post(address, {"do": "withdraw"})
    assert not PublishedPhoto.objects.exists()


@pytest.mark.parametrize("harm", ["lost", "broken"])
def test_a_photo_whose_file_is_lost_or_broken_gets_no_public_copy(as_user, staff, published, harm):
    photo = published[0].finding.photos.get()
    if harm == "lost":
        photo.file.storage.delete(photo.file.name)
    else:
        Path(photo.file.path).write_bytes(b"no picture")
    client, address = as_user(staff), f"/matters/cover/{photo.pk}/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"do": "publish", "left": "1", "top": "2", "width": "30", "height": "20"})
    assert answer.status_code == 400
    assert "原件缺失或已损坏" in answer.content.decode()
    assert not PublishedPhoto.objects.exists()
    assert client.get(f"/findings/photos/{photo.pk}/small/").status_code == {"lost": 404, "broken": 410}[harm]


@pytest.mark.parametrize("left", ["links", "1e999", "500"])
def test_a_box_that_is_none_is_refused_with_what_was_typed(as_user, staff, published, left):
    address = f"/matters/cover/{published[0].finding.photos.get().pk}/"
    answer = as_user(staff).post(address, {"do": "publish", "left": left, "top": "0", "width": "9", "height": "9"})
    assert answer.status_code == 400
    assert f'value="{left}"' in answer.content.decode()
    assert not PublishedPhoto.objects.exists()


def test_boxes_are_cut_to_the_photo_and_too_many_refused():
    assert covering.check_boxes([(-5, -5, 20, 20)], 100, 80) == [(0, 0, 15, 15)]
    with pytest.raises(BadInput):
        covering.check_boxes([(0, 0, 1, 1)] * 41, 100, 80)


def test_a_deputy_adopts_a_citizens_matter_and_becomes_its_author(as_user, deputy, accepted):
    matter = accepted[0]
    client = as_user(deputy)
    assert matter.title in client.get("/matters/unadopted/?area=").content.decode()
    client.post(f"/matters/{matter.number}/adopt/", {"version": matter.version})
    matter.refresh_from_db()
    assert (matter.author, matter.state) == (deputy, "assigned")
    assert matter.events.last().verb == "adopted"
    assert not unadopted_matters(deputy).exists()


def test_a_matter_is_adopted_by_one_deputy_only(as_user, deputy, accepted, django_user_model):
    other = django_user_model.objects.create_user(username="second-deputy", role="deputy")
    matter = accepted[0]
    services.adopt(deputy, matter.pk, version=matter.version)
    answer = as_user(other).post(f"/matters/{matter.number}/adopt/", {"version": matter.version})
    assert answer.status_code in (302, 404)
    matter.refresh_from_db()
    assert matter.author == deputy


def test_the_unadopted_are_listed_by_town_and_by_distance(as_user, deputy, file_report, staff, rule):
    for lon, text in ((121.32, "西边的"), (121.38, "东边的")):
        finding, _ = file_report(lon=lon, text=text)
        chain.accept(staff, finding.suggestion.pk, version=1)
    client = as_user(deputy)
    west = Area.objects.get(name="西镇")
    page = client.get("/matters/unadopted/", {"area": west.code}).content.decode()
    assert ("西边的" in page, "东边的" in page) == (True, False)
    page = client.get("/matters/unadopted/", {"lng": 121.38, "lat": 29.85}).content.decode()
    assert page.index("东边的") < page.index("西边的")


def test_a_deputys_own_matter_is_not_up_for_adoption(deputy, unrouted, django_user_model):
    other = django_user_model.objects.create_user(username="second-deputy", role="deputy")
    assert not unadopted_matters(other).exists()
    assert not unadopted_matters(deputy).exists()


def test_the_public_version_says_neither_the_minute_nor_the_metre(published, as_user):
    matter, _secret = published
    connection.check_constraints()  # a table with checks to come cannot be altered
    with roles.owner_rights(), connection.cursor() as cursor:  # findings are history
        cursor.execute("ALTER TABLE supervision_finding DISABLE TRIGGER USER")
        Finding.objects.filter(pk=matter.finding_id).update(geom=Point(121.3234567, 29.8512345, srid=4326))
    feature = as_user(None).get(f"/api/v1/findings/{matter.finding_id}/").json()
    assert feature["geometry"]["coordinates"] == [121.3235, 29.8512]
    assert feature["properties"]["created"].endswith("T00:00:00+08:00")
    pages = [as_user(None).get(address).text for address in ("/matters/", f"/matters/{matter.number}/")]
    assert not [page for page in pages if "121.32345" in page or "29.85123" in page]
    assert all('data-lng="121.3235"' in page for page in pages)
    assert not [page for page in pages if re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d", page)]
    layer, _clusters = LAYERS
    (row,) = layer.queryset(None).annotate(**layer.annotations()).values("p_created")
    assert type(row["p_created"]) is date


def test_a_place_is_kept_to_a_metre(file_report):
    finding, _secret = file_report(lon=121.3234567, lat=29.8512345)
    assert finding.geom.coords == (121.32346, 29.85123)
