"""Reports on a year and packs for a session, boards in them, their texts, and the layout of the Word document."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from docx import Document as open_docx
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from accounts.district.services import save_district
from accounts.indicators import Scope
from accounts.models import Congress, Role
from geokit.refusal import BadInput, Busy, NotPermitted, StaleEdit
from ledger.actors import SITE
from papers.models import CongressSession, Paper
from projects.models import VoteCancellation, VoteSession
from reporting.boards.models import Board
from reporting.boards.services import save_board
from reporting.indicators.room_figures import measure
from reporting.observations.from_rooms import measure_rooms
from reporting.quarterly import jobs
from reporting.quarterly import report as make
from reporting.quarterly.blocks import Document, Drawing, Figures, Heading, Paragraph, Table
from reporting.quarterly.docx import write_docx
from reporting.quarterly.models import QuarterlyReport, ReportText
from reporting.quarterly.numbering import numbered, with_numerals
from reporting.quarterly.services import order_pack, order_report
from reporting.quarterly.texts import printed_texts, sign_text, write_text
from reporting.quarterly.xlsx import write_xlsx
from river_monitoring.standard.averages import Span
from stations.models import Deputy, DutyRecord, Reception, Station
from tests.data.cast import person, seat
from tests.data.indicators import make_indicator, say

QUARTER, YEAR = Span(2026, 2, "quarter"), Span(2026, 1, "year")
TODAY = date(2026, 8, 1)


@pytest.fixture
def colleague(world):
    return person("colleague", Role.STAFF, area=world.district)


@pytest.fixture
def session(world, deputy):
    congress = Congress.objects.filter(area=world.district).first() or seat(deputy, world.district).congress
    closing = timezone.make_aware(datetime(2026, 2, 2, 12))
    return CongressSession.objects.create(
        congress=congress, number=5, opens_on=date(2026, 2, 1), closes_on=date(2026, 2, 4),
        motions_due_at=closing, suggestions_due_at=closing,
    )  # fmt: skip


def text_of(document):
    """Everything that a document says."""
    said = [getattr(block, "text", getattr(block, "caption", "")) for block in document.blocks]
    cells = [str(cell) for table in document.tables for row in [table.columns, *table.rows] for cell in row]
    figures = [" ".join(item) for block in document.blocks if isinstance(block, Figures) for item in block.items]
    return "\n".join([*said, *cells, *figures])


def test_the_year_has_votes_receptions_and_duty_and_no_column_that_says_the_same_twice(world):
    document = make.prepare(YEAR, TODAY).document
    chapters = [block.text for block in document.blocks if isinstance(block, Heading) and block.level == 1]
    assert chapters[6:9] == ["七、民生实事项目票决", "八、代表接待", "九、代表履职"]
    towns = next(table for table in document.tables if table.sheet == "镇街")
    assert "比上年" in towns.columns and "比上年同期" not in towns.columns
    assert len(towns.columns) == len(towns.widths) == len(towns.total)
    assert "年度报告" in document.title and "季" not in document.title


def test_a_pack_counts_what_is_not_public_and_names_it_nowhere(session, world):
    for number, title, is_public in (("2026-1", "修一座桥", True), ("2026-2", "举报某厂", False)):
        Paper.objects.create(
            congress=session.congress, session=session, number=number, title=title, facts="情况", is_public=is_public,
            submitted_at=timezone.make_aware(datetime(2026, 2, 1, 9)), state="assigned",
        )  # fmt: skip
    prepared = make.prepare_pack(session, ["papers", "agenda", "receptions"], TODAY)
    said = text_of(prepared.document)
    assert "修一座桥" in said and "举报某厂" not in said
    assert "2件，其中已公开1件" in said
    assert "会议专栏没有公开" in said and "代表履职" not in said
    book = openpyxl.load_workbook(io.BytesIO(prepared.write("xlsx")))
    assert book.sheetnames == ["概况", "议案建议"]


def test_a_cancelled_vote_is_reported_as_cancelled(session, world, staff):
    opens = timezone.make_aware(datetime(2026, 2, 3, 9))
    vote = VoteSession.objects.create(
        title="票决", year=2026, area=world.district, places=1, opens_at=opens, closes_at=opens + timedelta(hours=2)
    )
    VoteCancellation.objects.create(session=vote, reason="候选项目有改动", actor=staff)
    said = text_of(make.prepare_pack(session, ["votes"], TODAY).document)
    assert "已取消" in said and "候选项目有改动" in said and "尚未计票" not in said


def test_the_pack_of_a_towns_congress_counts_that_town_alone_and_is_its_presidiums(session, world):
    for number, town in enumerate((world.west_town, world.east_town)):
        station = Station.objects.create(code=f"S{number}", name=town.name, kind="town", area=town, geom=town.point)
        deputy = Deputy.objects.create(code=f"D{number}", name="陈一", station=station)
        begins = timezone.make_aware(datetime(2026, 1, 10, 9))
        Reception.objects.create(
            station=station, status="recorded", starts_at=begins, ends_at=begins + timedelta(hours=2), visitors=3
        )
        DutyRecord.objects.create(
            deputy=deputy, kind="inspection", on=begins.date(), title="视察", source=f"test:{number}", is_confirmed=True
        )
    of_town = Congress.objects.create(area=world.west_town, level="town", term=3, starts_on=date(2022, 1, 1))
    theirs = CongressSession.objects.create(
        congress=of_town, number=9, opens_on=session.opens_on, closes_on=session.closes_on,
        motions_due_at=session.motions_due_at, suggestions_due_at=session.suggestions_due_at,
    )  # fmt: skip
    packs = [make.prepare_pack(one, ["receptions", "duty"], TODAY).document for one in (session, theirs)]
    said = [text_of(pack) for pack in packs]
    assert "共接待2场" in said[0] and "共接待1场" in said[1]
    assert "东镇" in said[0] and "东镇" not in said[1]
    assert [max(row[1] for row in pack.tables[-1].rows) for pack in packs] == [2, 1]
    assert (packs[0].issuer, packs[1].issuer) == ("海曙区人民代表大会常务委员会", "西镇人民代表大会主席团")


def test_a_figure_is_the_same_on_the_board_in_the_report_and_in_the_rooms(world, matter, staff, client):
    for place in range(6):
        matter(date(2026, 4, 1 + place), world.west_town, world.water, 20 if place < 4 else 120)
    make_indicator(
        "in_time", title="按期答复率", unit="%", way="room", figure="answered-in-time", level="district",
        period_kind="quarter", total="weighted", direction="up", minimum=5,
    )  # fmt: skip
    measure_rooms(TODAY)
    blocks = [{"kind": "figure", "indicators": ["in_time"]}]
    board = save_board(staff, "answers", title="答复", readers="public", period_kind="quarter", blocks=blocks)
    there = measure("answered-in-time", SITE, Scope(since=QUARTER.first_day, until=QUARTER.last_day), TODAY)
    document = make.prepare(QUARTER, TODAY, boards=[board]).document
    figures = [item for block in document.blocks if isinstance(block, Figures) for item in block.items]
    value, unit, _name, of = next(item for item in figures if item[2] == "按期答复率")
    assert (value, unit) == (str(there.percent), "%") and f"分母 {there.whole}" in of
    own = next(item for item in figures if item[2] == "本期首次答复")
    assert f"应答复 {there.whole} 件，按期 {there.part} 件" in own[3]
    page = client.get("/boards/answers/?period=2026-Q2").content.decode()
    assert f"{there.percent}<span" in page.replace("\n", "")


def test_a_board_stands_in_the_report_with_maps_tables_and_warnings_of_its_own(world, staff):
    say(make_indicator(), world.west_town, date(2026, 6, 1), 40, plan=50)
    kinds = ("figure", "bars", "line", "multiples", "map", "table", "plans")
    blocks = [{"kind": "text", "text": "先看全区"}, *({"kind": kind, "indicators": ["pm25"]} for kind in kinds)]
    board = save_board(staff, "air", title="空气", readers="public", period_kind="month", blocks=blocks)
    names = {"name": "海曙区", "congress": "海曙区人大", "site_name": "监督地图"}
    save_district(staff, world.district.code, review_number="浙S(2026)1号", **names)
    document = make.prepare(QUARTER, TODAY, boards=[board]).document
    mine = document.blocks[next(n for n, b in enumerate(document.blocks) if getattr(b, "text", "").endswith("空气")) :]
    assert [type(block).__name__ for block in mine[1:10]] == [
        "Paragraph", "Paragraph", "Figures", "Drawing", "Drawing", "Drawing", "Drawing", "Table", "Table",
    ]  # fmt: skip
    drawings = [block for block in mine if isinstance(block, Drawing)]
    assert [bool(drawing.review) for drawing in drawings[:4]] == [False, False, False, True]
    assert "审图号：浙S(2026)1号" in {drawing.review for drawing in document.drawings[:4]}
    assert not any("<a " in drawing.svg for drawing in drawings)
    assert make.prepare(QUARTER, TODAY, boards=[board]).write("docx")[:2] == b"PK"
    book = openpyxl.load_workbook(io.BytesIO(make.prepare(QUARTER, TODAY, boards=[board]).write("xlsx")))
    sheet = book["PM2.5：从高到低"]
    assert [sheet["A4"].value, sheet["B4"].value] == ["西镇", 40]


def test_a_report_with_an_inner_board_is_for_those_who_order(world, staff, deputy, as_user, monkeypatch):
    say(make_indicator(is_public=False), world.west_town, date(2026, 6, 1), 40)
    blocks = [{"kind": "bars", "indicators": ["pm25"]}]
    save_board(staff, "air", title="空气", readers="staff", period_kind="month", blocks=blocks)
    for suffix in ("pdf", "docx"):
        monkeypatch.setitem(make.WRITERS, suffix, lambda document, facts: b"%PDF")
    inner = order_report(staff, QUARTER, ["air"])
    open_one = order_report(staff, QUARTER.before)
    for report in (inner, open_one):
        jobs.make_report(report.pk)
    assert inner.is_inner and not open_one.is_inner
    assert as_user(staff).get(f"/reports/{inner.pk}/pdf/").status_code == 200
    assert as_user(deputy).get(f"/reports/{inner.pk}/pdf/").status_code == 404
    assert as_user(deputy).get(f"/reports/{open_one.pk}/pdf/").status_code == 200
    # A board that was public when it was chosen shows in a report for everybody what is public when that is made.
    Board.objects.update(readers="public")
    prepared = make.prepare_ordered(order_report(staff, QUARTER, ["air"]))
    assert "没有可以列入的内容" in text_of(prepared.document)


def test_what_cannot_be_ordered_is_refused_on_the_form(staff, deputy, session, as_user):
    with pytest.raises(BadInput, match="没有看板"):
        order_report(staff, YEAR, ["nothing"])
    with pytest.raises(BadInput, match="至少选一部分"):
        order_pack(staff, session, [])
    with pytest.raises(BadInput, match="没有“x”"):
        order_pack(staff, session, ["x"])
    with pytest.raises(NotPermitted):
        order_pack(deputy, session, ["papers"])
    client = as_user(staff)
    answer = client.post("/reports/order/session/", {"session": session.pk, "parts": ["papers", "votes"]})
    assert answer.status_code == 302
    assert QuarterlyReport.objects.get().contents == {"boards": [], "parts": ["papers", "votes"]}
    answer = client.post("/reports/order/session/", {"session": session.pk, "parts": ["papers"]})
    assert answer.status_code == 503 and "请等它完成" in answer.content.decode()
    for bad in ({"session": "x"}, {"session": session.pk, "parts": "\x00"}, {}):
        assert client.post("/reports/order/session/", bad).status_code == 400
    assert client.post("/reports/order/year/", {"year": "99999"}).status_code == 400
    with pytest.raises(Busy):
        order_pack(staff, session, ["papers"])
    assert client.get("/reports/").status_code == 200


def test_a_text_is_printed_when_a_second_person_has_signed_it_and_stays_until_another_is(staff, colleague):
    first = write_text(staff, "quarter", "preface", "{时段}总体平稳。\n下一段。", 0)
    assert printed_texts("quarter", "2026年第二季度") == {}
    with pytest.raises(NotPermitted, match="另一位"):
        sign_text(staff, first.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportText.objects.filter(pk=first.pk).update(signed_by=staff, signed_at=timezone.now())
    sign_text(colleague, first.pk)
    document = make.prepare(QUARTER, TODAY).document
    assert [block.text for block in document.blocks[:3]] == ["一、前言", "2026年第二季度总体平稳。", "下一段。"]
    second = write_text(colleague, "quarter", "preface", "", 1)
    assert "preface" in printed_texts("quarter", "")  # the next quarter still prints the first
    with pytest.raises(StaleEdit):
        write_text(staff, "quarter", "preface", "别的", 1)
    with pytest.raises(BadInput, match="没有改动"):
        write_text(staff, "quarter", "preface", "", 2)
    with pytest.raises(StaleEdit):
        sign_text(staff, first.pk)
    sign_text(staff, second.pk)
    assert printed_texts("quarter", "") == {}
    assert printed_texts("year", "") == {}


def test_a_wording_stays_as_it_was_written_and_signed(staff, colleague):
    row = write_text(staff, "quarter", "preface", "总体平稳。", 0)
    rows = ReportText.objects.filter(pk=row.pk)
    changes = [lambda: rows.update(text="别的"), lambda: rows.update(slot="river"), rows.delete]
    for signed in (False, True):
        if signed:
            sign_text(colleague, row.pk)
            changes.append(lambda: rows.update(signed_by=None, signed_at=None))
        for change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
    row.refresh_from_db()
    assert (row.text, row.signed_by) == ("总体平稳。", colleague)


def test_a_text_is_written_and_signed_on_its_page_by_two(staff, colleague, deputy, as_user):
    form = {"text": "请各部门抓紧。", "number": "0"}
    assert as_user(deputy).post("/reports/texts/year/proposals/", form).status_code == 404
    assert as_user(staff).post("/reports/texts/year/proposals/", form).status_code == 302
    row = ReportText.objects.get()
    answer = as_user(staff).post(f"/reports/texts/{row.pk}/sign/")
    assert answer.status_code == 403 and "另一位" in answer.content.decode()
    assert "请各部门抓紧" in as_user(colleague).get("/reports/texts/").content.decode()
    assert as_user(colleague).post(f"/reports/texts/{row.pk}/sign/").status_code == 302
    row.refresh_from_db()
    assert row.signed_by == colleague
    for bad in ({"text": "x\x00y", "number": "1"}, {"text": "x", "number": "-1"}, {"text": "x" * 4001, "number": "1"}):
        assert as_user(staff).post("/reports/texts/year/proposals/", bad).status_code == 400
    assert as_user(staff).get("/reports/texts/session/river/").status_code == 404


def test_the_word_document_is_laid_out_as_official_papers_are():
    rows = [[f"点\x0b位 & <{number}>", "溶解氧、氨氮、总磷" * 3, number] for number in range(3)]
    body = [
        Heading("总体情况", 1, "overview"), Heading("分布", 2), Heading("甲", 3), Paragraph("全区 121 个点位。"),
        Table("点位", ["点位", "指标", "名次"], rows, "点位", frozenset({2}), total=["合计", "", 3]),
        Heading("附件", 1, "annex"),
    ]  # fmt: skip
    blocks = numbered(with_numerals(body))
    document = Document("季报", "2026年", "某区人大常委会", "今天", "今天", blocks)
    word = open_docx(io.BytesIO(write_docx(document)))
    section = word.sections[-1]
    margins = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    assert [round(edge / 36000) for edge in margins] == [37, 26, 35, 28]
    normal = word.styles["Normal"]
    assert (normal.font.size, normal.element.rPr.rFonts.get(qn("w:eastAsia"))) == (Pt(16), "仿宋")
    assert word.styles["Heading 2"].element.rPr.rFonts.get(qn("w:eastAsia")) == "楷体"
    said = [paragraph.text for paragraph in word.paragraphs]
    assert {"一、总体情况", "（一）分布", "1.甲", "全区121个点位。", "二、附件"} <= set(said)
    xml = word.element.xml
    assert "TOC \\o" in xml and xml.count("PAGEREF _Toc") == 3 and "SEQ Table" in xml
    feet = (section.footer.paragraphs[0], section.even_page_footer.paragraphs[0])
    assert all("PAGE" in foot._p.xml and foot.text.startswith("— ") for foot in feet)
    table = word.tables[0]
    widths = [column.width for column in table.columns]
    assert abs(sum(widths) - Mm(156)) < Mm(1) and widths[1] > widths[0] > widths[2]
    assert table.cell(1, 0).text == "点位 & <0>"


def test_of_a_long_table_paper_has_the_first_rows_and_says_so():
    rows = [[f"P-{number}", "河道", "Ⅲ类", number] for number in range(20_000)]
    table = Table("点位", ["编码", "类型", "类别", "名次"], rows, "点位", frozenset({3}), number=1)
    document = Document("季报", "2026年", "某区", "今天", "今天", [Heading("一、附件", 1, "annex"), table])
    word = open_docx(io.BytesIO(write_docx(document)))
    assert len(word.tables[0].rows) == 201
    assert any("共 20000 行，这里列前 200 行" in paragraph.text for paragraph in word.paragraphs)
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(document, None)), read_only=True)
    assert sum(1 for _row in book["点位"].iter_rows(min_row=4)) == 20_000


def pages_of(word):
    """The paragraphs and tables of each section, as far as they show something, and whether it lies across."""
    sections: list[list[str]] = [[]]
    for part in word.element.body:
        text = "".join(run.text or "" for run in part.iter(qn("w:t"))).strip()
        shown = text or ("picture" if part.xpath(".//w:drawing") else "")
        sections[-1] += [shown] if shown else []
        if part.xpath("./w:pPr/w:sectPr"):
            sections.append([])
    return list(zip(sections, [section.orientation == WD_ORIENT.LANDSCAPE for section in word.sections], strict=True))


def empty_in(word):
    """The styles of paragraphs that show nothing: only the narrow ones after tables are meant to."""
    return {part.style.name for part in word.paragraphs if not part._p.xpath(".//w:t | .//w:drawing")}


def test_no_page_of_the_word_document_is_empty_and_a_wide_table_has_its_heading_with_it():
    columns = [f"列{number}" for number in range(12)]
    wide = Table("甲", columns, [list(range(12))], "甲")
    none = Table("乙", columns, [], "乙", empty="没有。")
    body = [
        Heading("看板", 1, "board-a"), Paragraph("说明", is_note=True), wide, Heading("再看", 2), wide,
        Heading("附件", 1, "annex"), none, Paragraph("方法。"),
    ]  # fmt: skip
    document = Document("季报", "2026年", "某区", "今天", "今天", numbered(body))
    word = open_docx(io.BytesIO(write_docx(document)))
    pages = pages_of(word)
    assert [across for _shown, across in pages] == [False, False, True, False]
    assert all(shown for shown, _across in pages)
    assert pages[2][0][:2] == ["看板", "说明"] and pages[3][0][0] == "附件"
    breaks = [paragraph.text for paragraph in word.paragraphs if paragraph.paragraph_format.page_break_before]
    assert breaks == []  # the section of the first heading is a new page already
    assert empty_in(word) == {"Gap"}


@pytest.mark.parametrize("span", [QUARTER, YEAR])
def test_no_page_of_a_report_is_empty_or_has_a_heading_alone(district, span):
    word = open_docx(io.BytesIO(make.prepare(span, TODAY).write("docx")))
    pages = pages_of(word)
    headings = {part.text for part in word.paragraphs if part.style.name.startswith("Heading")}
    assert len(pages) > 3 and all(shown for shown, _across in pages)
    assert [shown[-1] for shown, _across in pages if shown[-1] in headings] == []
    assert [part.text for part in word.paragraphs if part.paragraph_format.page_break_before] == ["一、总体情况"]
    assert empty_in(word) == {"Gap"}


def written(body):
    return open_docx(io.BytesIO(write_docx(Document("季报", "2026年", "某区", "今天", "今天", numbered(body)))))


def test_what_a_note_below_a_heading_leads_to_stands_on_its_page_and_figures_stay_together():
    figures = Figures([(str(number), "个", f"指标{number}", "共 9 个") for number in range(6)])
    body = [
        Heading("预算执行", 1, "board"), Paragraph("说明", is_note=True), figures, Paragraph("全区。"),
        Paragraph("来源", is_note=True),
    ]  # fmt: skip
    word = written(body)
    kept = {part.text: part.paragraph_format.keep_with_next for part in word.paragraphs}
    assert (kept["说明"], kept["全区。"], kept["来源"]) == (True, None, None)
    cells = [[cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells] for row in word.tables[0].rows]
    assert cells == [[True] * 3, [None] * 3]


@pytest.mark.parametrize(("lines", "closer"), [(20, False), (30, True), (60, False)])
def test_contents_that_go_a_little_beyond_their_page_are_set_closer(lines, closer):
    word = written([Heading(f"第{number}章", 1, f"c{number}") for number in range(lines)])
    heights = [word.styles[f"TOC {level}"].paragraph_format.line_spacing.pt for level in (1, 2)]
    assert heights == [heights[0]] * 2
    assert (heights[0] < 24) == closer
    if closer:  # with the title of 1.5 lines they fill no more than the 22 lines of a page
        assert lines * heights[0] + 1.5 * 28.95 <= 22 * 28.95


def test_every_point_of_the_district_stands_on_pages_that_lie_across(district):
    document = make.prepare(QUARTER, TODAY).document
    (annex,) = [block for block in document.blocks if isinstance(block, Table) and block.sheet == "点位"]
    word = open_docx(io.BytesIO(write_docx(document)))
    captions = [(text, across) for shown, across in pages_of(word) for text in shown if text.startswith("表")]
    assert [across for text, across in captions if text.endswith(annex.caption)] == [True]
    names = [block.text for block in document.blocks if isinstance(block, Heading) and block.anchor.startswith("town-")]
    assert len(names) > 1
    for name in names:  # a town's words stand before its map, so that none is left alone after the table
        place = next(n for n, block in enumerate(document.blocks) if isinstance(block, Heading) and block.text == name)
        kinds = [type(block) for block in document.blocks[place + 1 : place + 5]]
        assert kinds == [Paragraph, Paragraph, Drawing, Table]
