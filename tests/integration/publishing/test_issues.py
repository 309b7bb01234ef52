"""Issues of the journal: the pages of a PDF are drawn once, read page by page, found, and reviewed like any page."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from geokit.refusal import BadInput, Refusal
from publishing.body.blocks import check_block
from publishing.issues import services as issues
from publishing.issues.models import IssuePage
from publishing.issues.services import add_issue, draw
from publishing.models import SitePage
from publishing.register import services
from publishing.search import issue_pages_visible_to
from search.find import visible_entries
from search.index import rebuild
from tests.conftest import World
from tests.data.cast import person
from tests.integration.publishing.conftest import step
from ui.printing import print_pdf

ISSUE = {"column": "journal", "issue_year": 2025, "issue_number": 3, "issued_on": date(2025, 6, 30)}


def pdf(*pages: str) -> bytes:
    return print_pdf("".join(f'<p style="page-break-after: always">{page}</p>' for page in pages))


def upload(content: bytes, name: str = "会刊.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def draft(editor: User, world: World, content: bytes, **facts: Any) -> SitePage:
    page = services.make(editor, {"title": "海曙人大"}, [], area=world.district, **ISSUE, **facts)
    kept = add_issue(editor, page.pk, upload(content))
    lines = [{"page": 2, "title": "工作报告", "address": "/library/report/"}]
    block = {"kind": "issue", "file": str(kept.number), "contents": lines}
    return services.save_body(editor, page.pk, page.version, [block])


def review_all(editors: list[User], page: SitePage) -> SitePage:
    for editor, verb in zip(editors, ["submit", "pass", "pass", "publish"], strict=True):
        page = step(editor, page, verb)
    return page


@pytest.fixture
def issue(world: World, editors: list[User]) -> SitePage:
    return draft(editors[0], world, pdf("封面 南塘河", "区人大常委会工作报告 珍珠梅"))


def test_an_issue_is_read_page_by_page_once_it_is_reviewed(
    issue: SitePage, editors: list[User], client: Any, as_user: Any
) -> None:
    address = f"/news/{issue.code}/pages/2/"
    assert client.get(address).status_code == 404
    assert "珍珠梅" in as_user(editors[1]).get(address).content.decode()  # who reviews reads it
    review_all(editors, issue)
    shown = client.get(address).content.decode()
    assert "珍珠梅" in shown and "共 2 页" in shown and f"/news/{issue.code}/pages/1/" in shown
    assert client.get(f"/news/{issue.code}/pages/3/").status_code == 404
    sheet = IssuePage.objects.get(number=2)
    picture = client.get(sheet.picture_url)
    assert picture["Content-Type"] == "image/jpeg" and b"".join(picture.streaming_content).startswith(b"\xff\xd8\xff")
    cover = client.get(issue.get_absolute_url()).content.decode()
    assert "工作报告" in cover and "/library/report/" in cover and "2025 年第 3 期" in cover
    assert "2025" in client.get("/news/journal/").content.decode()
    assert "海曙人大" in client.get("/news/journal/?year=1999").content.decode()


def test_its_pages_are_found_by_their_words_and_only_while_it_is_shown(issue: SitePage, editors: list[User]) -> None:
    assert not issue_pages_visible_to(None).exists()
    review_all(editors, issue)
    rebuild()
    found = visible_entries(None, ["issue_pages"])
    assert sorted(entry.address for entry in found) == [f"/news/{issue.code}/pages/{n}/" for n in (1, 2)]
    step(editors[0], issue, "withdraw", "登错了")
    assert not issue_pages_visible_to(None).exists()


def test_an_issue_for_deputies_shows_its_pages_to_nobody_else(
    world: World, editors: list[User], client: Any, as_user: Any
) -> None:
    inner = draft(editors[0], world, pdf("内部"), audience="deputies")
    review_all(editors, inner)
    sheet = IssuePage.objects.get()
    officer = as_user(person("of-a-bureau", "officer", department=world.water))
    for address in (f"/news/{inner.code}/pages/1/", sheet.picture_url):
        assert (client.get(address).status_code, officer.get(address).status_code) == (404, 404)
    assert as_user(person("who-reads", "deputy")).get(sheet.picture_url).status_code == 200


def test_a_journal_page_needs_number_day_and_pdf_and_each_issue_is_there_once(
    world: World, editors: list[User], issue: SitePage
) -> None:
    for left_out in ("issue_year", "issue_number", "issued_on"):
        facts = {name: value for name, value in ISSUE.items() if name != left_out}
        with pytest.raises(BadInput):
            services.make(editors[0], {"title": "缺"}, [], area=world.district, **facts)
    with pytest.raises(BadInput):
        services.make(editors[0], {"title": "又一份"}, [], area=world.district, **ISSUE)
    text = [{"kind": "text", "text": "没有 PDF"}]
    empty = services.make(editors[0], {"title": "第四期"}, text, area=world.district, **ISSUE | {"issue_number": 4})
    with pytest.raises(Refusal, match="会刊 PDF"):
        step(editors[0], empty, "submit")


def test_a_pdf_that_cannot_be_drawn_is_refused_in_words(world: World, editors: list[User]) -> None:
    page = services.make(editors[0], {"title": "海曙人大"}, [], area=world.district, **ISSUE)
    for content, name in ((b"%PDF-1.7 broken", "a.pdf"), (b"PK\x03\x04", "a.docx"), (pdf("一")[:900], "a.pdf")):
        with pytest.raises(BadInput):
            add_issue(editors[0], page.pk, upload(content, name))
    with pytest.raises(BadInput) as refusal:
        draw(pdf(*(str(number) for number in range(121))))
    assert refusal.value.code == "issue-too-long"
    assert not IssuePage.objects.exists()


def test_an_issue_is_drawn_while_no_transaction_holds_its_page_and_in_turn(
    world: World, editors: list[User], as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = services.make(editors[0], {"title": "海曙人大"}, [], area=world.district, **ISSUE)
    client, content = as_user(editors[0]), pdf("一")
    address, outer, seen = f"/cms/{page.pk}/blocks/new/issue/", len(connection.savepoint_ids), []

    def watched(content: bytes) -> list[issues.Drawn]:
        seen.append(len(connection.savepoint_ids) - outer)
        return draw(content)

    monkeypatch.setattr(issues, "draw", watched)
    stale = client.post(address, {"version": page.version - 1, "upload": upload(content)})
    assert (stale.status_code, seen) == (409, [])  # what cannot be saved is not drawn
    monkeypatch.setattr(issues, "WAIT_SECONDS", 0.01)
    with issues._turn():
        busy = client.post(address, {"version": page.version, "upload": upload(content)})
    assert (busy.status_code, seen) == (503, [])
    answers = []
    for _twice in range(2):
        page.refresh_from_db()
        answers.append(client.post(address, {"version": page.version, "upload": upload(content)}).status_code)
    assert answers == [302, 400]  # a page has one issue
    assert seen == [0]  # nor is the same drawn twice
    assert IssuePage.objects.count() == 1


def test_a_pdf_with_a_password_is_refused_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issues, "ask_child", lambda *_asked, **_more: {"refused": "encrypted"})
    with pytest.raises(BadInput, match="有密码") as refusal:
        draw(b"%PDF")
    assert refusal.value.code == "issue-encrypted"


def test_a_page_of_any_size_is_drawn_within_its_bounds() -> None:
    import pypdfium2

    made = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    for width, height in ((14_000, 14_000), (1, 14_000), (14_000, 1), (595, 842)):
        document.new_page(width, height)
    document.save(made)
    drawn = draw(made.getvalue())
    assert all(one.width <= 1241 and one.height <= 2481 for one in drawn) and len(drawn) == 4
    assert (drawn[3].width, drawn[3].height) == (1240, 1755)


@pytest.mark.parametrize(
    "line",
    [
        {"page": 0, "title": "题", "address": ""},
        {"page": "2", "title": "题", "address": ""},
        {"page": 1, "title": "", "address": ""},
        {"page": 1, "title": "题", "address": "https://evil.example/"},
        {"page": 1, "title": "题", "address": "//evil.example/library/x/"},
        {"page": 1, "title": "题", "address": "javascript:alert(1)"},
        {"page": 1, "title": "题", "address": "/accounts/logout/"},
        ["1", "题"],
    ],
)
def test_contents_lead_to_documents_and_pages_of_this_site_alone(line: Any) -> None:
    with pytest.raises(BadInput):
        check_block({"kind": "issue", "file": "f", "contents": [line]}, {"f": "issue"})
