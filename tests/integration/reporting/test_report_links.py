"""Figures of a report lead to the lists that they count: the same in its three files, and with the same number."""

import ctypes
import io
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import openpyxl
import pypdfium2
import pypdfium2.raw as raw
import pytest
from django.utils import timezone
from docx import Document as open_docx
from docx.oxml.ns import qn

from accounts.models import Congress
from papers.models import CongressSession
from reporting.boards.services import save_board
from reporting.quarterly import report as make
from reporting.quarterly import xlsx
from reporting.quarterly.blocks import Document, Link, Paragraph, Table
from reporting.quarterly.facts import gather
from reporting.quarterly.lists import outside
from reporting.quarterly.numbering import numbered
from reporting.quarterly.sentences import sentence
from reporting.quarterly.wording import lists_in_words
from river_monitoring.standard.averages import Span
from stations.models import Reception, Station
from supervision.models import Suggestion
from tests.data.cast import seat
from tests.data.indicators import make_indicator, say

SITE = "https://map.example.org"
QUARTER, YEAR = Span(2026, 2, "quarter"), Span(2026, 1, "year")


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def answered(district, matter):
    """Matters of the quarter: four answered in time, one late and one not yet; one of the quarter before."""
    for day in range(1, 5):
        matter(date(2026, 4, day), district.west_town, district.water, 20)
    matter(date(2026, 4, 9), district.east_town, district.water, 120)
    matter(date(2026, 5, 9), district.east_town, district.ecology, promised=5)
    matter(date(2026, 1, 9), district.east_town, district.ecology, promised=5)
    return district


def words_of(part):
    return "".join(text.text or "" for text in part.iter(qn("w:t")))


def links_of_word(body):
    """Of every link what is shown and where it leads."""
    word = open_docx(io.BytesIO(body))
    rels = word.part.rels
    found = word.element.body.iter(qn("w:hyperlink"))
    return [(words_of(link), rels[link.get(qn("r:id"))].target_ref) for link in found]


def links_of_workbook(body):
    """Of every cell with a link what it counts and where it leads; of percentages None."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    return [(None if is_percentage(cell) else cell.value, cell.hyperlink.target) for cell in cells]


def is_percentage(cell):
    """By its format, or by the name before it in the overview."""
    before = str(cell.offset(column=-1).value) if cell.column > 1 else ""
    return "%" in cell.number_format or "（%）" in before


def links_of_pdf(body):
    """Where the links of all pages lead; those within the document lead to no address."""
    document, found = pypdfium2.PdfDocument(body), set()
    for page in document:
        place, link = ctypes.c_int(0), raw.FPDF_LINK()
        while raw.FPDFLink_Enumerate(page, place, link):
            action = raw.FPDFLink_GetAction(link)
            size = raw.FPDFAction_GetURIPath(document, action, None, 0)
            address = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, address, size)
            found.add(address.value.decode())
    return found - {""}


def listed(client, url):
    """How many the list at an address of the site has."""
    assert url.startswith(f"{SITE}/")
    parts = urlsplit(url)
    return client.get(f"{parts.path}?{parts.query}").context["page"].paginator.count


def test_every_count_leads_to_as_many_in_each_of_the_three_files(answered, staff, as_user):
    prepared = make.prepare(QUARTER)
    client = as_user(staff)
    of_word = links_of_word(prepared.write("docx"))
    counts = {(int(text), url) for text, url in of_word if text.isdigit()}
    assert {urlsplit(url).path for _n, url in counts} == {
        "/river/statistics/points/", "/river/points/", "/projects/", "/numbers/matters/",
    }  # fmt: skip
    assert {(n, url): listed(client, url) for n, url in counts} == {(n, url): n for n, url in counts}
    submitted = f"{SITE}/numbers/matters/?since=2026-04-01&until=2026-06-30"
    assert {(6, submitted), (6, f"{submitted}&figure=due"), (4, f"{submitted}&figure=in-time")} <= counts
    west = f"{SITE}/river/statistics/points/?period=quarter&span=2026-Q2&by=town&group={answered.west_town.code}"
    assert {(4, f"{west}&figure=rated"), (3, f"{west}&figure=good"), (1, f"{west}&figure=inferior")} <= counts
    assert links_of_pdf(prepared.write("pdf")) == {url for _text, url in of_word}

    of_book = links_of_workbook(prepared.write("xlsx"))
    numbers = {(value, url) for value, url in of_book if isinstance(value, int)}
    assert len(numbers) > 20
    assert {(n, url): listed(client, url) for n, url in numbers} == {(n, url): n for n, url in numbers}


def test_what_leads_somewhere_looks_like_the_text_around_it(answered):
    word = open_docx(io.BytesIO(make.prepare(QUARTER).write("docx")))
    links = list(word.element.body.iter(qn("w:hyperlink")))
    assert links and "Hyperlink" not in [style.name for style in word.styles]
    for link in links:
        for part in ("rStyle", "u", "color"):
            assert not list(link.iter(qn(f"w:{part}")))
    said = [paragraph.text for paragraph in word.paragraphs]
    assert any(text.startswith("本期收到代表建议6件，首次答复") for text in said)
    assert said.count(lists_in_words()) == 1


def test_nothing_is_no_link_and_a_share_leads_to_its_part(district):
    document = make.prepare(QUARTER).document
    towns = next(table for table in document.tables if table.sheet == "镇街")
    west, east = towns.linked
    assert [place for place, (_cell, url) in enumerate(west) if url] == [2, 3, 4, 7, 8, 9, 13]
    assert west[8][1] == west[4][1].replace("figure=all", "figure=good") and "figure=good" in west[8][1]
    assert (east[4], east[8][1]) == ((0, ""), "")


def test_a_matter_that_lives_on_in_another_is_counted_once(answered):
    one, other = Suggestion.objects.order_by("pk")[:2]
    Suggestion.objects.filter(pk=one.pk).update(state="merged", merged_into=other)
    document = make.prepare(QUARTER).document
    assert any("本期收到代表建议5件" in getattr(block, "text", "") for block in document.blocks)
    categories = next(table for table in document.tables if table.sheet == "建议类别")
    assert [row[1] for row in categories.rows] == [5]
    assert sum(gather(QUARTER).town_suggestions.values()) <= 5


def test_receptions_of_the_year_and_of_a_pack_lead_to_the_days(district, deputy, client):
    for number, (town, kind) in enumerate([(district.west_town, "regular"), (district.east_town, "themed")]):
        station = Station.objects.create(code=f"S{number}", name=town.name, kind="town", area=town, geom=town.point)
        for day in (10, 11):
            begins = timezone.make_aware(datetime(2026, 1, day, 9))
            Reception.objects.create(
                station=station, status="recorded", kind=kind, starts_at=begins, ends_at=begins + timedelta(hours=2)
            )
    congress = Congress.objects.filter(area=district.district).first() or seat(deputy, district.district).congress
    closing = timezone.make_aware(datetime(2026, 2, 2, 12))
    session = CongressSession.objects.create(
        congress=congress, number=5, opens_on=date(2026, 2, 1), closes_on=date(2026, 2, 4),
        motions_due_at=closing, suggestions_due_at=closing,
    )  # fmt: skip
    pack = make.prepare_pack(session, ["receptions"], date(2026, 8, 1))
    assert [getattr(block, "text", "") for block in pack.document.blocks].count(lists_in_words()) == 1
    for prepared in (pack, make.prepare(YEAR)):
        table = next(table for table in prepared.document.tables if table.sheet == "代表接待")
        rows = [*table.linked, table.linked_total]
        sessions, themed = [row[1] for row in rows], [row[2] for row in rows]
        assert [n for n, _url in sessions] == [2, 2, 4] and [n for n, _url in themed] == [0, 2, 2]
        for n, url in (*sessions, *themed):
            assert listed(client, url) == n if n else url == ""


def test_a_board_in_a_report_leads_to_itself_and_to_its_rows(district, staff, client):
    say(make_indicator(), district.west_town, date(2026, 6, 1), 40)
    blocks = [{"kind": kind, "indicators": ["pm25"]} for kind in ("figure", "bars", "table")]
    board = save_board(staff, "air", title="空气", readers="public", period_kind="month", blocks=blocks)
    prepared = make.prepare(QUARTER, boards=[board])
    links = links_of_word(prepared.write("docx"))
    found = dict(reversed(links))
    assert found["40"].startswith(f"{SITE}/boards/indicators/pm25/")
    assert found["全区，2026年6月"] == f"{SITE}/boards/air/?period=2026-06"
    for url in (found["40"], found["全区，2026年6月"]):
        assert client.get(url.removeprefix(SITE)).status_code == 200
    behind = f"{SITE}/boards/indicators/pm25/?area={district.west_town.code}"
    assert ("40", behind) in links and (40, behind) in links_of_workbook(prepared.write("xlsx"))


@pytest.mark.parametrize("url", ["", "/following/3/~/", "//evil.example/", "https://evil.example/", "javascript:x()"])
def test_what_is_not_on_the_site_or_opens_something_is_no_link(url):
    assert outside(url) == ""
    assert outside("/river/points/?overdue=true") == f"{SITE}/river/points/?overdue=true"


def test_links_stay_on_their_words_when_a_text_is_made_tight():
    said = sentence("全区 %(points)s 个点位中 %(good)s 个，占 %(share)s%%。", {"points": 12, "good": 3, "share": "25"},
                    {"points": "/a/", "share": "/c/"})  # fmt: skip
    (tight,) = numbered([said])
    assert tight.text == "全区12个点位中3个，占25%。"
    assert [text for text, url in tight.runs if url] == ["12", "25"]
    assert "".join(text for text, _url in tight.runs) == tight.text


def test_a_text_of_people_is_no_link_whatever_it_says():
    said = Paragraph("见 https://evil.example/ 和 [[x]]", links=())
    assert [url for _text, url in said.runs] == [""]
    assert [url for _text, url in Paragraph("见那里", links=(Link(0, 1, "https://evil.example/"),)).runs if url] == []


def test_a_sheet_has_so_many_links_and_every_number(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_LINKS", 3)
    rows = [[f"P-{number}", number + 1] for number in range(9)]
    table = Table("点位", ["编码", "次数"], rows, "点位", frozenset({1}), lists=[["", f"/p/{n}/"] for n in range(9)])
    body = xlsx.write_xlsx(Document("季报", "2026年", "某区", "今天", "今天", [table]), None)
    assert links_of_workbook(body) == [(1, f"{SITE}/p/0/"), (2, f"{SITE}/p/1/"), (3, f"{SITE}/p/2/")]
    sheet = openpyxl.load_workbook(io.BytesIO(body))["点位"]
    assert [row[1].value for row in sheet.iter_rows(min_row=4)] == list(range(1, 10))
