"""Pages as readers and editors meet them: blocks, files, addressees, feeds, tiles, bad input."""

import io
import zipfile
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Area, DeputyGroup
from accounts.notices.models import Notice
from geokit.refusal import BadInput, NotPermitted
from publishing.files.services import add_file, add_picture
from publishing.inbox import waiting
from publishing.models import PageReading, SitePage
from publishing.readers.services import confirm
from publishing.register import services
from publishing.register.permissions import pages_visible_to, places_visible_to
from tests.data.cast import person, seat
from tests.integration.publishing.conftest import TEXT, as_draft, published, step


def jpeg(colour="green"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a-phone"
    Image.new("RGB", (60, 40), colour).save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = "河岸.jpg"
    return out


def test_an_editor_writes_a_page_with_every_kind_of_block(world, editors, as_user):
    client = as_user(editors[0])
    facts = {"title": "视察", "column": "news", "area": world.district.pk, "audience": "everybody", "version": "0"}
    made = client.post("/cms/new/", facts | {"place_area": world.west_town.pk})
    assert made.status_code == 302, made.content.decode()
    page = SitePage.objects.get()
    sent = [
        ("heading", {"text": "背景"}),
        ("text", {"text": "第一段 <script>alert(1)</script>\n\nhttps://example.com/ 第二段"}),
        ("quote", {"text": "绿水青山", "source": "某人"}),
        ("table", {"rows": "镇街\t件数\n西镇\t3", "head": "on", "caption": "件数"}),
        ("map", {"lng": "121.33", "lat": "29.85", "caption": "会场"}),
        ("picture", {"upload": jpeg(), "alt": "河岸"}),
        ("file", {"upload": io.BytesIO("镇街,件数\n".encode()), "title": "附表"}),
    ]
    sent[-1][1]["upload"].name = "附表.csv"
    for kind, given in sent:
        page.refresh_from_db()
        answer = client.post(f"/cms/{page.pk}/blocks/new/{kind}/", given | {"version": page.version})
        assert answer.status_code == 302, (kind, answer.content.decode()[-3000:])
    page.refresh_from_db()
    newest = page.revisions.first()
    assert [block["kind"] for block in newest.body] == [kind for kind, _given in sent]
    assert page.geom == world.west_town.point
    shown = client.get(f"/cms/{page.pk}/preview/{newest.number}/").content.decode()
    assert "<script>alert" not in shown and 'href="https://example.com/"' in shown and 'alt="河岸"' in shown
    assert '<th scope="col">镇街</th>' in shown and "<td>3</td>" in shown
    client.post(f"/cms/{page.pk}/blocks/0/arrange/", {"version": page.version, "do": "down"})
    assert page.revisions.first().body[1]["kind"] == "heading"
    assert client.get(f"/cms/{page.pk}/blocks/3/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "given", "status"),
    [
        ("text", {"text": "a\0b"}, 400),
        ("text", {"text": ""}, 400),
        ("map", {"lng": "NaN", "lat": "29"}, 400),
        ("map", {"lng": "10", "lat": "10"}, 400),
        ("map", {"lng": "121.3"}, 400),
        ("map", {}, 400),
        ("map", {"address": "月球"}, 400),
        ("table", {"rows": "\n\n"}, 400),
        ("table", {"rows": "|".join("x" * 20)}, 400),
        ("picture", {"alt": "图"}, 400),
        ("picture", {"alt": "图", "file": "not-a-number"}, 400),
        ("picture", {"alt": "图", "file": str(uuid4())}, 400),
        ("nothing", {}, 404),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(world, editors, as_user, kind, given, status):
    page = as_draft(editors[0], world.district)
    answer = as_user(editors[0]).post(f"/cms/{page.pk}/blocks/new/{kind}/", given | {"version": page.version})
    assert answer.status_code == status
    page.refresh_from_db()
    assert page.revisions.count() == 1


def workbook(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            packed.writestr(name, bytes(20 * 1024**2) if name.endswith("bomb.bin") else "<x/>")
    out.seek(0)
    return out


def test_a_block_taken_away_comes_back_with_an_earlier_version(world, editors, as_user):
    client, page = as_user(editors[0]), as_draft(editors[0], world.district)
    answer = client.post(f"/cms/{page.pk}/blocks/0/arrange/", {"version": page.version, "do": "remove"}, follow=True)
    assert "已删除第 1 段" in (shown := answer.content.decode()) and "恢复这一版" in shown
    page.refresh_from_db()
    assert page.revisions.first().body == []
    stale = client.post(f"/cms/{page.pk}/restore/1/", {"version": page.version - 1})
    assert stale.status_code == 409
    assert client.post(f"/cms/{page.pk}/restore/1/", {"version": page.version}).status_code == 302
    assert page.revisions.count() == 3 and page.revisions.first().body == page.revisions.get(number=1).body
    page.refresh_from_db()
    services.step(editors[0], page.pk, "submit", page.version)
    page.refresh_from_db()
    assert client.post(f"/cms/{page.pk}/restore/2/", {"version": page.version}).status_code == 403
    assert "恢复这一版" not in client.get(f"/cms/{page.pk}/").content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", io.BytesIO(b"<svg onload='alert(1)'/>")),
        ("a.html", io.BytesIO(b"<script>alert(1)</script>")),
        ("a.xlsx", io.BytesIO(b"not a zip")),
        ("a.xlsx", workbook("[Content_Types].xml")),
        ("a.xlsx", workbook("xl/workbook.xml", "xl/media/bomb.bin")),
        ("a.xlsx", workbook("xl/workbook.xml", "xl/vbaProject.bin")),
        ("a.pdf", io.BytesIO(b"%PDF-1.4 broken")),
        ("a.exe", io.BytesIO(b"MZ")),
    ],
)
def test_files_that_may_do_harm_are_refused(world, editors, as_user, name, content):
    page = as_draft(editors[0], world.district)
    content.name = name
    content.seek(0)
    given = {"upload": content, "version": page.version}
    assert as_user(editors[0]).post(f"/cms/{page.pk}/blocks/new/file/", given).status_code == 400
    content.seek(0)
    given = {"upload": content, "version": page.version, "alt": "图"}
    assert as_user(editors[0]).post(f"/cms/{page.pk}/blocks/new/picture/", given).status_code == 400
    assert not page.files.exists()


def test_what_few_pages_need_is_folded_until_it_is_written_or_wrong(world, editors, as_user):
    client = as_user(editors[0])
    assert client.get("/cms/new/").content.decode().count('<details class="filters">') == 3
    given = {"title": "会刊", "column": "journal", "area": world.district.pk, "audience": "everybody", "version": "0"}
    wrong = client.post("/cms/new/", given)
    assert wrong.status_code == 400 and wrong.content.decode().count('<details class="filters" open>') == 1
    draft = as_draft(editors[0], world.district, place_area=world.west_town)
    shown = client.get(f"/cms/{draft.pk}/edit/").content.decode()
    assert shown.count('<details class="filters" open>') == 1


def test_a_file_is_seen_by_whoever_sees_the_version_that_shows_it(world, editors, as_user, deputy):
    writer = editors[0]
    page = as_draft(writer, world.district)
    picture, spare = add_picture(writer, page.pk, jpeg()), add_picture(writer, page.pk, jpeg("red"))
    sheet = workbook("xl/workbook.xml").read()
    table = add_file(writer, page.pk, SimpleUploadedFile("\u202e" + "表" * 200 + ".xlsx", sheet))
    assert table.name == "表" * 115 + ".xlsx"
    body = [
        {"kind": "picture", "file": str(picture.number), "alt": "河岸"},
        {"kind": "file", "file": str(table.number)},
    ]
    services.save_body(writer, page.pk, page.version, [*TEXT, *body])
    assert b"a-phone" not in picture.file.read()
    assert as_user(None).get(picture.get_absolute_url()).status_code == 404, "a draft's"
    _publish(editors, page)
    shown = as_user(None).get(picture.get_absolute_url())
    assert shown.status_code == 200 and shown["Content-Type"].startswith("image/")
    saved = as_user(None).get(table.get_absolute_url())
    assert saved["Content-Type"] == "application/octet-stream" and "attachment" in saved["Content-Disposition"]
    assert as_user(None).get(spare.get_absolute_url()).status_code == 404, "no version shows it"
    assert as_user(deputy).get(spare.get_absolute_url()).status_code == 404
    assert as_user(writer).get(spare.get_absolute_url()).status_code == 200
    text = as_user(None).get(page.get_absolute_url()).content.decode()
    assert f'property="og:image" content="http://testserver{picture.get_absolute_url()}"' in text


def _publish(editors, page):
    for who, verb in zip(editors, ("submit", "pass", "pass", "publish"), strict=True):
        page.refresh_from_db()
        services.step(who, page.pk, verb, page.version)
    page.refresh_from_db()


def test_a_file_of_another_page_is_none_of_this_one(world, editors):
    first, other = as_draft(editors[0], world.district), as_draft(editors[0], world.district)
    picture = add_picture(editors[0], other.pk, jpeg())
    with pytest.raises(Exception, match="本页"):
        services.save_body(
            editors[0], first.pk, first.version, [{"kind": "picture", "file": str(picture.number), "alt": "图"}]
        )


def test_a_notice_reaches_those_it_is_for_and_tells_who_has_read_it(world, editors, as_user, deputy, officer):
    member = seat(deputy, world.district)
    group = DeputyGroup.objects.create(congress=member.congress, name="第一小组")
    other = person("other-deputy", "deputy")
    seat(other, world.district, "M2", "另一位代表")
    member.group = group
    member.save()
    page = published(editors, world.district, column="notice", audience="group", group=group, title="小组活动通知")
    assert list(Notice.objects.filter(kind="other-page").values_list("recipient", flat=True)) == [deputy.pk]
    for stranger in (None, officer, other):
        assert as_user(stranger).get(page.get_absolute_url()).status_code == 404
        assert page not in pages_visible_to(stranger)
        assert "小组活动通知" not in as_user(stranger).get("/news/").content.decode()
        assert "小组活动通知" not in as_user(stranger).get("/news/feed.atom").content.decode()
    assert "我已阅读" in as_user(deputy).get(page.get_absolute_url()).content.decode()
    assert not PageReading.objects.exists(), "opening is not confirming"
    assert as_user(other).post(f"/news/{page.code}/read/").status_code == 404
    with pytest.raises(NotPermitted):
        confirm(editors[0], page.code, page.live.number)
    shown = {"wording": page.live.number}
    assert as_user(deputy).post(f"/news/{page.code}/read/", shown).status_code == 302
    assert as_user(deputy).post(f"/news/{page.code}/read/", shown).status_code == 302
    assert PageReading.objects.get().reader == deputy
    readers = as_user(editors[0]).get(f"/cms/{page.pk}/readers/").content.decode()
    assert "1 人中 1 人" in readers
    assert as_user(deputy).get(f"/cms/{page.pk}/readers/").status_code == 404


def test_a_notice_is_confirmed_in_the_wording_that_was_shown_and_in_no_newer_one(world, editors, as_user, deputy):
    seat(deputy, world.district)
    page = published(editors, world.district, column="notice", audience="deputies")
    reader, old = as_user(deputy), page.live.number
    assert f'name="wording" value="{old}"' in reader.get(page.get_absolute_url()).content.decode()
    step(editors[0], page, "revise")
    services.save_body(editors[0], page.pk, page.version, [{"kind": "text", "text": "改到下周三。"}])
    _publish(editors, page)
    for sent in ({"wording": old}, {}):  # she had the page open while it was changed
        answer = reader.post(f"/news/{page.code}/read/", sent, follow=True).content.decode()
        assert "打开之后改过" in answer and "改到下周三。" in answer and "我已阅读" in answer
    assert not PageReading.objects.exists()
    reader.post(f"/news/{page.code}/read/", {"wording": page.live.number})
    assert PageReading.objects.get().revision == page.live


def test_a_notice_to_a_town_and_to_all_deputies(world, editors, as_user, deputy, officer):
    clerk = person("clerk", "staff", area=world.west_town)
    seat(deputy, world.district)
    town = published(editors, world.district, column="notice", audience="town", for_area=world.west_town)
    assert as_user(clerk).get(town.get_absolute_url()).status_code == 200
    assert as_user(deputy).get(town.get_absolute_url()).status_code == 404
    everyone = published(editors, world.district, column="notice", audience="deputies")
    assert as_user(deputy).get(everyone.get_absolute_url()).status_code == 200
    assert as_user(officer).get(everyone.get_absolute_url()).status_code == 404
    seat(clerk, world.district, "M3", "兼任代表的工作人员")
    for person_asked, waits in ((clerk, {town, everyone}), (deputy, {everyone}), (editors[0], set())):
        asked = next(one for one in waiting(person_asked, timezone.localdate()) if one.kind == "notices-to-confirm")
        assert set(asked.rows) == waits, "the inbox asks whom the page asks"
    inside = published(editors, world.district, audience="inside")
    assert as_user(officer).get(inside.get_absolute_url()).status_code == 200
    assert as_user(None).get(inside.get_absolute_url()).status_code == 404
    assert "noindex" in as_user(officer).get(inside.get_absolute_url()).content.decode()


def test_public_pages_with_a_place_are_drawn_the_same_for_everybody(world, editors, client):
    shown = published(editors, world.district, place_area=world.west_town)
    published(editors, world.district, audience="inside", place_area=world.west_town)
    as_draft(editors[0], world.district, place_area=world.west_town)
    assert list(places_visible_to(editors[0])) == [shown] == list(places_visible_to(None))
    found = client.get("/api/v1/news/").json()["features"]
    assert [one["properties"]["code"] for one in found] == [shown.code]
    assert client.get("/tiles/news/0/0/0.mvt").status_code in (200, 204)


def test_the_feed_the_list_and_the_entrance_show_public_pages(world, editors, client):
    page = published(editors, world.district, title="新闻<一>")
    feed = client.get("/news/feed.atom?column=news")
    assert feed["Content-Type"].startswith("application/atom+xml") and "新闻&lt;一&gt;" in feed.content.decode()
    assert client.get("/news/feed.atom?column=news", headers={"If-None-Match": feed["ETag"]}).status_code == 304
    assert page.code not in client.get("/news/feed.atom?column=decision").content.decode()
    assert client.get("/news/?column=nonsense&page=zzz").status_code == 200
    assert page.get_absolute_url() in client.get("/").content.decode()
    for address in (page.get_absolute_url(), "/news/", "/projects/"):
        assert f"http://testserver{address}" in client.get("/sitemap.xml").content.decode(), address
    robots = client.get("/robots.txt").content.decode()
    assert (
        "Disallow: /cms/" in robots
        and "Disallow: /exchange/" in robots
        and "Sitemap: http://testserver/sitemap.xml" in robots
    )


def test_feed_and_sitemap_hold_what_is_of_the_district_looked_at(world, editors, client):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    ours, theirs = published(editors, world.district), published(editors, second)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=second)  # with a town it is a district held
    cache.clear()
    for address in ("/news/feed.atom", "/sitemap.xml"):
        shown = {code: client.get(address, {"in-district": code}).content.decode() for code in ("", "330299", "all")}
        found = {code: [page.get_absolute_url() in text for page in (ours, theirs)] for code, text in shown.items()}
        assert found == {"": [True, False], "330299": [False, True], "all": [True, True]}, address


def test_a_reserved_or_taken_address_is_refused(world, editors, as_user):
    as_draft(editors[0], world.district, code="about")
    facts = {"title": "视察", "column": "about", "area": world.district.pk, "audience": "everybody", "version": "0"}
    for code in ("about", "new", "files", "a/b", "空 格"):
        answer = as_user(editors[0]).post("/cms/new/", facts | {"code": code})
        assert answer.status_code == 400, code
    assert as_user(editors[0]).post("/cms/new/", facts | {"code": "privacy"}).status_code == 302


def test_control_characters_are_refused_and_old_ones_break_no_feed(world, editors, as_user):
    for words in ({"title": "一\x0b二"}, {"body": [{"kind": "text", "text": "一\x0b二"}]}):
        with pytest.raises(BadInput, match="控制字符"):
            as_draft(editors[0], world.district, **words)
    page = published(editors, world.district)
    SitePage.objects.filter(pk=page.pk).update(title="一\x0b二")
    answer = as_user(None).get("/news/feed.atom")
    assert answer.status_code == 200 and "一二" in answer.content.decode()
