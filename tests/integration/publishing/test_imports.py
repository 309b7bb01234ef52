"""Articles of an older site: a sheet, its preview and undo, one review for all by others, and their old addresses."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.inbox import Waiting
from accounts.loads.models import Load
from accounts.loads.registry import declared
from accounts.loads.services import Answer, load_rows, undo
from accounts.models import User
from geo_portal.setup.reading import read_file
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger.chain import verify
from ledger.models import AuditEntry
from publishing.imports.batches import batches_kept_by, review, waiting_in
from publishing.imports.models import OldAddress
from publishing.inbox import waiting
from publishing.models import SitePage
from publishing.register import services
from search.index import catch_up
from search.models import Entry
from tests.conftest import World
from tests.data.cast import person
from tests.integration.publishing.conftest import published

HEAD = "原网址,标题,发布日期,栏目,来源,作者,正文,说的是哪个镇街、村社,图片地址\n"
HTML = "<p>今天<b>上午</b>视察。</p>"
RIVER = f"/art/2020/3/12/art_1.html,视察南塘河,2020-03-12,人大新闻,本站,王五,{HTML},西镇,/p/1.jpg\n"
NOTICE = 'http://old.example/show.aspx?id=7,关于开会的公告,2019/1/5,通知公告,,,"第一行\n第二行",,\n'


def load(actor: Any, text: str, tmp_path: Path, *, dry_run: bool = False) -> Answer:
    path = tmp_path / "articles.csv"
    path.write_text(text, encoding="utf-8")
    dataset = declared()["articles"]
    return load_rows(actor, dataset, read_file(dataset, path.name, path), dry_run=dry_run)


def codes(answer: Answer) -> list[str]:
    return [error.code for outcome in answer.outcomes for error in outcome.errors]


def newest_load(user: Any) -> Any:
    found = batches_kept_by(user).first()
    assert found is not None
    return found


def of_kind(user: User, kind: str) -> Waiting:
    return next(one for one in waiting(user, None) if one.kind == kind)  # type: ignore[arg-type]


def approve_all(reviewers: list[User]) -> None:
    for one in reviewers:
        batch = newest_load(one)
        review(one, batch, "pass", waiting_in(one, batch).count())


def test_a_sheet_becomes_pages_that_nobody_sees_before_their_reviews(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    answer = load(editors[0], HEAD + RIVER + NOTICE, tmp_path)
    assert answer.counts == {"stored": 2, "changed": 0, "same": 0, "refused": 0}
    river = SitePage.objects.get(old_addresses__path="/art/2020/3/12/art_1.html")
    assert (river.state, river.live, river.place_area) == ("first", None, world.west_town)
    newest = river.revisions.get()
    assert newest.body == [{"kind": "text", "text": "今天上午视察。"}] and newest.source == "本站 王五"
    assert river.imported.pictures == ["/p/1.jpg"] and river.geom == world.west_town.point
    notice = SitePage.objects.get(old_addresses__path="/show.aspx?id=7")
    assert notice.column == "notice" and notice.revisions.get().body == [{"kind": "text", "text": "第一行\n\n第二行"}]
    assert client.get("/news/").content.decode().count("视察南塘河") == 0
    assert client.get("/art/2020/3/12/art_1.html").status_code == 404  # not even its address says that it is there


def test_a_preview_keeps_nothing(world: World, staff: User, tmp_path: Path) -> None:
    assert load(staff, HEAD + RIVER, tmp_path, dry_run=True).counts["stored"] == 1
    assert not SitePage.objects.exists() and not OldAddress.objects.exists()


def test_as_many_others_as_the_rule_says_review_the_batch_and_the_articles_keep_their_day(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    writer, first, second, final = editors
    load(writer, HEAD + RIVER + NOTICE, tmp_path)
    batch = newest_load(writer)
    with pytest.raises(NotPermitted):  # who brought them does not review them
        review(writer, batch, "pass", 2)
    with pytest.raises(StaleEdit):
        review(first, batch, "pass", 1)
    assert review(first, batch, "pass", 2).done == 2
    with pytest.raises(NotPermitted):  # nor does anybody twice
        review(first, batch, "pass", 2)
    review(second, batch, "pass", 2)
    assert client.get("/art/2020/3/12/art_1.html").status_code == 404
    review(final, batch, "pass", 2)
    page = SitePage.objects.get(old_addresses__path="/art/2020/3/12/art_1.html")
    assert (page.state, str(page.published_at.date())) == ("published", "2020-03-11")  # midnight in Shanghai, in UTC
    assert page.changed_at == page.published_at
    assert "2020" in client.get(page.get_absolute_url()).content.decode()


def test_the_page_and_the_feed_say_that_an_article_was_imported_and_when(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    own = published(editors, world.district, title="本站写的")
    load(editors[0], HEAD + RIVER, tmp_path)
    approve_all(editors[1:])
    page = SitePage.objects.get(imported__isnull=False)
    words = f"本文由原网站导入，导入日期 {date_format(timezone.localdate())}。"
    assert words in client.get(page.get_absolute_url()).content.decode()
    assert "原网站导入" not in client.get(own.get_absolute_url()).content.decode()
    assert client.get("/news/feed.atom").content.decode().count(words) == 1
    assert AuditEntry.objects.get(verb="page-imported").detail["day"] == "2020-03-12"


def test_a_day_is_changed_on_record_and_never_after_the_page_was_public(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    assert load(editors[0], HEAD + RIVER.replace("2020-03-12", "2020-03-13"), tmp_path).counts["changed"] == 1
    detail = AuditEntry.objects.get(verb="page-day-changed").detail
    assert (detail["before"], detail["after"]) == ("2020-03-12", "2020-03-13")
    approve_all(editors[1:])
    page = SitePage.objects.get()
    services.step(editors[0], page.pk, "withdraw", page.version, "登错了")
    assert codes(load(editors[0], HEAD + RIVER, tmp_path)) == ["fixed"]
    page.refresh_from_db()
    assert (page.state, str(page.published_at.date())) == ("withdrawn", "2020-03-12")  # the 13th in Shanghai


def test_an_old_address_leads_to_the_page_with_its_query_or_without(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER + NOTICE, tmp_path)
    approve_all(editors[1:])
    river = SitePage.objects.get(column="news")
    answer = client.get("/art/2020/3/12/art_1.html?from=wechat")
    assert (answer.status_code, answer["Location"]) == (301, river.get_absolute_url())
    assert client.get("/show.aspx?id=7")["Location"] == SitePage.objects.get(column="notice").get_absolute_url()
    assert client.get("/show.aspx?id=8").status_code == 404 and client.get("/show.aspx").status_code == 404
    assert client.post("/art/2020/3/12/art_1.html").status_code == 404
    services.step(editors[0], river.pk, "withdraw", SitePage.objects.get(pk=river.pk).version, "登错了")
    assert client.get("/art/2020/3/12/art_1.html").status_code == 404


def test_an_old_address_never_stands_for_an_address_of_this_site(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    row = ",标题,2020-03-12,,,,正文,,\n"
    own = ["/", "/news/", "/news/abc", "/cms/", "/accounts/login/", "/admin/x/", "/healthz", "/static/a.css", "/map"]
    answer = load(editors[0], HEAD + "".join(one + row for one in own), tmp_path)
    assert set(codes(answer)) == {"own-address"} and answer.counts["refused"] == len(own)
    bad = ["javascript:alert(1)", "/a\\b", "/a/../news/", "x.html", "/a%00b", "http://[x/1"]
    answer = load(editors[0], HEAD + "".join(one + row for one in bad), tmp_path)
    assert answer.counts["refused"] == len(bad) and set(codes(answer)) <= {"no-path", "control-character"}
    page = SitePage.objects.create(code="of-ours", title="x", area=world.district)
    OldAddress.objects.create(path="/news/of-ours/", page=page)
    assert client.get("/news/of-ours/").status_code == 404  # what a page of ours does not show is not looked up


def test_the_same_sheet_again_changes_nothing_and_another_wording_waits_for_its_reviews(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER + NOTICE, tmp_path)
    approve_all(editors[1:])
    assert load(editors[0], HEAD + RIVER + NOTICE, tmp_path).counts["same"] == 2
    answer = load(editors[0], HEAD + RIVER.replace("视察。", "视察了三处。"), tmp_path)
    [changed] = answer.outcomes
    assert [one.column for one in changed.changes] == ["body"]
    page = SitePage.objects.get(column="news")
    assert page.state == "first" and page.live.body[0]["text"] == "今天上午视察。"
    assert of_kind(editors[1], "articles-to-review").rows.count() == 1
    assert of_kind(editors[1], "pages-to-review").rows.count() == 0
    approve_all(editors[1:])
    page.refresh_from_db()
    assert page.live.body[0]["text"] == "今天上午视察了三处。" and page.changed_at > page.published_at


def test_what_was_sent_back_waits_again_when_it_comes_again(world: World, editors: list[User], tmp_path: Path) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    batch = newest_load(editors[0])
    with pytest.raises(BadInput):
        review(editors[1], batch, "send_back", 1, " ")
    review(editors[1], batch, "send_back", 1, "日期不对")
    assert of_kind(editors[0], "articles-sent-back").rows.get() == batch
    load(editors[0], HEAD + RIVER.replace("2020-03-12", "2020-03-13"), tmp_path)
    assert SitePage.objects.get().state == "first"


def test_a_load_is_taken_back_whole_and_can_come_again(
    world: World, editors: list[User], client: Client, tmp_path: Path
) -> None:
    answer = load(editors[0], HEAD + RIVER + NOTICE, tmp_path)
    approve_all(editors[1:])
    assert answer.load is not None
    _load, undone, kept = undo(editors[0], answer.load.pk)
    assert (undone, kept) == (2, 0) and not OldAddress.objects.exists()
    assert set(SitePage.objects.values_list("state", "live")) == {("withdrawn", None)}
    assert client.get("/art/2020/3/12/art_1.html").status_code == 404
    assert load(editors[0], HEAD + RIVER, tmp_path).counts["stored"] == 1


def test_a_changed_wording_is_taken_back_as_another_wording(world: World, editors: list[User], tmp_path: Path) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    answer = load(editors[0], HEAD + RIVER.replace("视察。", "看了。").replace("西镇", "东镇"), tmp_path)
    assert answer.load is not None
    assert undo(editors[0], answer.load.pk)[1:] == (1, 0)
    page = SitePage.objects.get()
    assert page.revisions.first().body == [{"kind": "text", "text": "今天上午视察。"}]
    assert page.place_area == world.west_town and page.state == "first"


def test_what_was_edited_here_is_not_overwritten(world: World, editors: list[User], tmp_path: Path) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    page = SitePage.objects.get()
    services.step(editors[1], page.pk, "send_back", page.version, "补地点")
    page.refresh_from_db()
    body = [*page.revisions.first().body, {"kind": "map", "lng": 121.3, "lat": 29.85}]
    services.save_body(editors[1], page.pk, page.version, body)
    assert waiting_in(editors[2], newest_load(editors[2])).count() == 0  # it has left the batch
    assert codes(load(editors[0], HEAD + RIVER.replace("视察。", "看了。"), tmp_path)) == ["edited-here"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2020-03-12", "2999-01-01", "odd-day"),
        ("2020-03-12", "昨天", "unreadable"),
        ("人大新闻", "工作动态", "unknown"),
        (HTML, "<script>alert(1)</script>", "required"),
        ("西镇", "某镇", "unknown"),
        ("视察南塘河", "长" * 121, "too-long"),
        ("本站", "长" * 80, "too-long"),
        ("/p/1.jpg", "a " * 61, "too-many"),
    ],
)
def test_a_row_that_cannot_be_a_page_says_why(
    world: World, staff: User, tmp_path: Path, old: str, new: str, code: str
) -> None:
    assert codes(load(staff, HEAD + RIVER.replace(old, new), tmp_path)) == [code]
    assert not SitePage.objects.exists()


def test_staff_of_a_town_keep_neither_the_batch_nor_the_address_of_the_district(
    world: World, editors: list[User], as_user: Any, tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    batch, address = newest_load(editors[0]), OldAddress.objects.get()
    town = person("town-editor", "staff", area=world.west_town)
    client = as_user(town)
    assert client.get(reverse("cms:batch", args=[batch.pk])).status_code == 404
    assert client.post(reverse("cms:old_address_remove", args=[address.pk])).status_code == 404
    assert "art_1" not in client.get(reverse("cms:old_addresses")).content.decode()
    with pytest.raises(NotPermitted):
        load(town, HEAD + RIVER, tmp_path)
    assert OldAddress.objects.exists()


def test_a_batch_can_be_passed_by_who_has_a_hand_in_only_some_of_it(
    world: World, editors: list[User], as_user: Any, tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER + NOTICE, tmp_path)
    batch, first = newest_load(editors[0]), SitePage.objects.order_by("pk").first()
    assert first is not None
    services.step(editors[1], first.pk, "pass", first.version)
    address, client = reverse("cms:batch", args=[batch.pk]), as_user(editors[1])
    assert "整批审校通过" in client.get(address).content.decode()
    assert client.post(address, {"decision": "pass", "seen": "2"}).status_code == 302
    assert set(SitePage.objects.values_list("state", flat=True)) == {"second"}
    for one in (editors[0], editors[1]):
        shown = as_user(one).get(address).content.decode()
        assert "整批审校通过" not in shown and "您写过或审过这一批" in shown


def test_editors_review_on_the_page_and_take_an_address_away(
    world: World, editors: list[User], as_user: Any, tmp_path: Path
) -> None:
    load(editors[0], HEAD + RIVER, tmp_path)
    address = reverse("cms:batch", args=[newest_load(editors[0]).pk])
    for editor in editors[1:]:
        client = as_user(editor)
        assert "整批审校通过" in client.get(address).content.decode()
        assert client.post(address, {"decision": "pass", "seen": "1"}).status_code == 302
    assert SitePage.objects.get().state == "published"
    assert "art_1" in client.get(reverse("cms:old_addresses")).content.decode()
    none = client.get(reverse("cms:old_addresses"), {"q": "zzz"}).content.decode()
    assert "没有符合的原网址" in none and f'href="{reverse("cms:old_addresses")}">看全部' in none
    client.post(reverse("cms:old_address_remove", args=[OldAddress.objects.get().pk]))
    assert client.get("/art/2020/3/12/art_1.html").status_code == 404


def many(count: int, start: int = 0, text: str = HTML) -> str:
    rows = HEAD
    for number in range(start, start + count):
        column = ("人大新闻", "通知公告")[number % 2]
        rows += f"/art/{number}.html,视察第{number}次,2020-03-12,{column},本站,王五,{text},西镇,\n"
    return rows


def queries_of(work: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def test_queries_of_a_load_of_its_reviews_and_its_undo_do_not_grow_with_the_articles(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    """New ones, the same again, other wordings of public ones, each review, and undo: 5 rows as 25 rows."""
    counted: list[dict[str, int]] = []
    for rows, start in ((5, 0), (25, 1000)):
        sheet, other = many(rows, start), many(rows, start, "<p>看了。</p>")
        found = {
            "preview": queries_of(lambda text=sheet: load(editors[0], text, tmp_path, dry_run=True)),
            "new": queries_of(lambda text=sheet: load(editors[0], text, tmp_path)),
        }
        for one in editors[1:]:
            found[one.username] = queries_of(lambda who=one, n=rows: review(who, newest_load(who), "pass", n))
        assert SitePage.objects.filter(state="published").count() == rows
        found["same"] = queries_of(lambda text=sheet: load(editors[0], text, tmp_path))
        found["other"] = queries_of(lambda text=other: load(editors[0], text, tmp_path))
        assert SitePage.objects.filter(state="first").count() == rows
        found["back"] = queries_of(lambda: undo(editors[0], newest_load(editors[0]).pk))
        approve_all(editors[1:])
        first = Load.objects.filter(undone_at=None).latest("pk").pk
        found["back whole"] = queries_of(lambda pk=first: undo(editors[0], pk))
        assert set(SitePage.objects.values_list("state", flat=True)) == {"withdrawn"}
        counted.append(found)
    assert all(abs(counted[1][name] - counted[0][name]) <= 2 for name in counted[0]), counted
    assert max(counted[1].values()) < 100, counted


def test_what_was_written_together_is_on_record_as_if_it_had_been_written_one_by_one(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    load(editors[0], many(3), tmp_path)
    approve_all(editors[1:])
    for page in SitePage.objects.all():
        assert list(page.events.order_by("pk").values_list("verb", flat=True)) == [
            "made", "submitted", "passed_first", "passed_second", "published",
        ]  # fmt: skip
        own = AuditEntry.objects.filter(object_type="publishing.sitepage", object_id=str(page.pk))
        assert list(own.order_by("pk").values_list("verb", flat=True)) == [
            "page-made", "pages-submitted", "page-imported", "pages-passed_first", "pages-passed_second",
            "pages-published",
        ]  # fmt: skip
        assert page.live == page.revisions.get() == page.imported.revision and page.version == 6
        assert page.old_addresses.get().path.startswith("/art/")
        assert page.geom == world.west_town.point
    catch_up()
    assert Entry.objects.filter(kind="site_pages").count() == 3
    assert verify().faults == ()


def test_a_row_that_is_refused_or_repeats_an_address_leaves_the_others_alone(
    world: World, editors: list[User], tmp_path: Path
) -> None:
    again = "http://old.example/art/0.html,又一次,2020-03-12,,,,正文,,\n"
    bad = "/art/9.html,某镇的,2020-03-12,,,,正文,某镇,\n"
    answer = load(editors[0], many(2) + bad + again, tmp_path)
    assert answer.counts == {"stored": 2, "changed": 1, "same": 0, "refused": 1}
    assert SitePage.objects.get(old_addresses__path="/art/0.html").title == "又一次"
