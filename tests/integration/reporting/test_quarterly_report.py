"""The quarterly report: what it says, in three formats; who has it made, who reads it, and what is refused."""

import ctypes
import io
import re
from datetime import date, timedelta

import openpyxl
import pypdfium2
import pypdfium2.raw as raw
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document as open_docx
from docx.oxml.ns import qn

from accounts.notices.models import Notice
from geokit.refusal import BadInput, Busy, NotPermitted
from ledger import audit
from ledger.anchors.services import make_anchor
from ledger.models import AuditEntry
from projects.models import Project
from reporting.quarterly import jobs
from reporting.quarterly import report as make
from reporting.quarterly.blocks import Paragraph, Share, Table
from reporting.quarterly.docx import write_docx
from reporting.quarterly.models import QuarterlyReport
from reporting.quarterly.quarter import read_quarter
from reporting.quarterly.services import order_report
from river_monitoring.assessment.services import refresh_months
from river_monitoring.models import MonitoringPoint, Sample
from river_monitoring.standard.averages import Span
from river_monitoring.statistics.periods import grouped_points, rate_points, rate_span
from tests.data.reported_district import BAD, GOOD, at
from ui.printing import print_pdf

QUARTER = Span(2026, 2, "quarter")
PAGE = "/reports/"


def cells_of(document, sheet):
    return next(block for block in document.blocks if isinstance(block, Table) and block.sheet == sheet)


def test_towns_are_compared_with_their_denominators_and_the_small_one_is_not_ranked(district):
    document = make.prepare(QUARTER, date(2026, 7, 2)).document
    rows = cells_of(document, "镇街").rows
    assert rows[0][:8] == [1, "西镇", 4, 4, 3, 0, 0, 1]
    assert rows[0][8:10] == [Share(3, 4), Share(1, 4)]
    assert rows[1][:4] == ["–", "东镇", 1, 1]
    changes = cells_of(document, "类别变化").rows
    assert [row[:4] for row in changes] == [["西三", "西镇", "劣Ⅴ类 → Ⅱ类", "好转"]]
    inferior = cells_of(document, "劣Ⅴ类点位").rows
    assert [row[0] for row in inferior] == ["=东一", "西四"]
    assert inferior[1][3] == "氨氮（1.4）、总磷（0.6）、溶解氧"
    assert cells_of(document, "逾期").rows[0][-1] == 123


@pytest.mark.usefixtures("districts_kept")
def test_reading_and_composing_asks_as_often_for_many_points_as_for_few(district):
    today = date(2026, 7, 2)
    make.prepare(QUARTER, today)  # what a process keeps is known from here on
    with CaptureQueriesContext(connection) as few:
        make.prepare(QUARTER, today)
    pattern = MonitoringPoint.objects.get(code="W-1")
    for number in range(20):
        pattern.pk, pattern.code, pattern.name, pattern.kind = None, f"N-{number}", f"新{number}", "small"
        pattern.save(force_insert=True)
        for month in (4, 5, 6):
            Sample.objects.create(point=pattern, phenomenon_time=at(2026, month), readings=BAD)
    refresh_months(MonitoringPoint.objects.all())
    with CaptureQueriesContext(connection) as many:
        document = make.prepare(QUARTER, today).document
    assert len(cells_of(document, "点位").rows) == 25
    assert len(many) == len(few)


def test_the_classes_of_a_year_ago_are_those_of_the_assessment_in_full(district):
    for place, point in enumerate(MonitoringPoint.objects.order_by("code")[:3]):
        for month in (4, 5, 6)[: 3 - place]:  # the last has one sample, of which no class is made
            Sample.objects.create(point=point, phenomenon_time=at(2025, month), readings=BAD if place else GOOD)
    refresh_months(MonitoringPoint.objects.all())
    points = MonitoringPoint.objects.all()
    in_full = [item.assessment.water_class for item in rate_points(grouped_points(points), QUARTER.year_before)]
    assert {found.number for found in in_full} == {0, 2, 6}
    assert list(rate_span(points, QUARTER).year) == in_full


def test_the_three_files_say_the_same(district, deputy, tmp_path):
    paths = [tmp_path / f"report.{suffix}" for suffix in ("pdf", "docx", "xlsx")]
    call_command("quarterly_report", "2026Q2", *map(str, paths), stdout=io.StringIO())
    pages = _pdf_texts(paths[0].read_bytes())
    word = open_docx(str(paths[1]))
    book = openpyxl.load_workbook(paths[2])

    printed = "".join(pages)
    written = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for sentence in ("2026年第二季度", "严重滞后的民生实事项目：污水管网改造", "治理逾期：西四"):
        assert sentence in printed and sentence in written
    for text in (printed, written):
        assert "西镇" in text and "东镇" in text and deputy.display_name not in text
    assert _headings_on_pages(pages, ["一、总体情况", "六、分镇街情况"])
    _fonts_are_embedded(paths[0].read_bytes())

    assert next(p.text for p in word.paragraphs if p.style.name == "Heading 1") == "一、总体情况"
    fonts = word.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "仿宋"
    assert len(word.inline_shapes) >= 5
    assert all(shape._inline.docPr.get("descr") for shape in word.inline_shapes)

    assert book.sheetnames[:3] == ["概况", "类别占比", "镇街"]
    row = list(book["镇街"][4])
    assert (row[1].value, row[8].value, row[8].number_format) == ("西镇", 0.75, "0.0%")
    assert book["点位"]["B4"].value == "'=东一" and book["点位"]["B4"].data_type == "s"


def test_the_foot_of_every_page_bears_the_newest_anchor(district, staff, settings, tmp_path):
    settings.LEDGER_KEY_FILE = tmp_path / "key.pem"
    audit.record(staff, "made", staff)
    anchor = make_anchor()
    paths = [tmp_path / f"report.{suffix}" for suffix in ("pdf", "docx", "xlsx")]
    call_command("quarterly_report", "2026Q2", *map(str, paths), stdout=io.StringIO())
    pages = _pdf_texts(paths[0].read_bytes())
    assert [anchor.head in page for page in pages] == [False] + [True] * (len(pages) - 1)  # the cover is bare
    feet = [paragraph.text for section in open_docx(str(paths[1])).sections for paragraph in section.footer.paragraphs]
    assert any(anchor.head in foot for foot in feet)
    values = [cell.value for row in openpyxl.load_workbook(paths[2])["概况"].rows for cell in row]
    assert any(anchor.head in str(value) for value in values)


def _pdf_texts(body):
    document = pypdfium2.PdfDocument(body)
    return [re.sub(r"\s+", "", page.get_textpage().get_text_range()) for page in document]


def _headings_on_pages(pages, headings):
    """Each heading stands on a page after the contents."""
    return all(any(heading in page for page in pages[2:]) for heading in headings)


def _fonts_are_embedded(body):
    """Whatever is printed, on whatever page, the file brings the font along."""
    names = set()
    for page in pypdfium2.PdfDocument(body):
        for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
            font = raw.FPDFTextObj_GetFont(thing)
            assert raw.FPDFFont_GetIsEmbedded(font) == 1
            size = raw.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(size)
            raw.FPDFFont_GetBaseFontName(font, name, size)
            names.add(name.value.decode())
    assert any("Serif" in name and "CJK" in name for name in names), names


def test_a_name_with_a_control_character_does_not_stop_the_report(district):
    Project.objects.update(name="污水管网\x0b改造")
    MonitoringPoint.objects.filter(code="W-4").update(name="西\x1b四")
    document = make.prepare(QUARTER, date(2026, 7, 2)).document
    assert open_docx(io.BytesIO(write_docx(document))).paragraphs
    assert any("污水管网 改造" in block.text for block in document.blocks if isinstance(block, Paragraph))


def test_a_quarter_without_any_data_is_a_report_that_says_so(world):
    document = make.prepare(Span(2020, 1, "quarter"), date(2026, 7, 2)).document
    text = " ".join(getattr(block, "text", "") for block in document.blocks)
    assert "2020年第一季度没有可评价的水样。" in text
    assert cells_of(document, "劣Ⅴ类点位").rows == []


def test_staff_order_a_report_and_the_job_makes_it(district, staff, deputy, as_user, monkeypatch):
    monkeypatch.setitem(make.WRITERS, "pdf", lambda document, facts: b"%PDF-1.7")
    monkeypatch.setitem(make.WRITERS, "docx", lambda document, facts: b"PK docx")
    client = as_user(staff)
    answer = client.post(PAGE, {"quarter": "2026Q2"})
    assert answer.status_code == 302
    report = QuarterlyReport.objects.get()
    assert "等待开始" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}{report.pk}/pdf/").status_code == 404  # not made yet
    assert AuditEntry.objects.filter(verb="report.ordered", actor=staff).count() == 1

    jobs.make_report(report.pk)
    report.refresh_from_db()
    assert (report.state, report.progress, report.step) == ("done", 100, "finished")
    assert [notice.title for notice in Notice.objects.filter(recipient=staff)] == ["2026年第二季度监督季报已生成"]
    client = as_user(deputy)
    answer = client.get(f"{PAGE}{report.pk}/pdf/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"{PAGE}{report.pk}/exe/").status_code == 404

    before = report.pdf.name
    jobs.make_report(report.pk)  # the same job once more changes nothing
    report.refresh_from_db()
    assert report.pdf.name == before


def test_progress_moves_while_the_pages_are_set(district, staff, monkeypatch):
    pages = "".join(f"<p style='break-after: page'>{number}</p>" for number in range(40))
    monkeypatch.setitem(make.WRITERS, "pdf", lambda document, facts: print_pdf(f"<!doctype html>{pages}"))
    monkeypatch.setitem(make.WRITERS, "docx", lambda document, facts: print_pdf(f"<!doctype html>{pages}"))
    told, update = [], jobs._update
    monkeypatch.setattr(jobs, "_update", lambda report, **values: told.append(values) or update(report, **values))
    jobs.make_report(order_report(staff, QUARTER).pk)
    percents = [values["progress"] for values in told]
    assert percents == sorted(percents)
    assert len([each for each in percents if 30 < each < 60]) == 8, "every five of forty pages, of the PDF alone"


def test_a_job_that_fails_says_so_and_another_can_be_ordered(district, staff, monkeypatch):
    def broken(document, facts):
        raise RuntimeError("no fonts")

    monkeypatch.setitem(make.WRITERS, "pdf", broken)
    report = order_report(staff, QUARTER)
    with pytest.raises(RuntimeError):
        jobs.make_report(report.pk)
    report.refresh_from_db()
    assert report.state == "failed" and report.problem
    assert order_report(staff, QUARTER).pk != report.pk


def test_the_same_report_is_not_made_twice_at_once_but_a_lost_one_gives_way(district, staff):
    first = order_report(staff, QUARTER)
    with pytest.raises(Busy, match="正在生成"):
        order_report(staff, QUARTER)
    order_report(staff, QUARTER.before)
    QuarterlyReport.objects.filter(pk=first.pk).update(touched_at=timezone.now() - timedelta(hours=1))
    order_report(staff, QUARTER)
    first.refresh_from_db()
    assert first.state == "failed"


def test_only_staff_order(district, deputy, officer, as_user):
    with pytest.raises(NotPermitted):
        order_report(deputy, QUARTER)
    client = as_user(officer)
    assert client.post(PAGE, {"quarter": "2026Q2"}).status_code == 403
    assert "生成季报" not in client.get(PAGE).content.decode()
    assert not QuarterlyReport.objects.exists()


def test_a_busy_order_is_told_on_the_page(district, staff, as_user):
    order_report(staff, QUARTER)
    client = as_user(staff)
    answer = client.post(PAGE, {"quarter": "2026Q2"})
    assert answer.status_code == 503 and "请等它完成" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
    answer = client.post(PAGE, {"quarter": "nonsense"})
    assert answer.status_code == 400 and "应为 2026Q3" in answer.content.decode()


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "1999Q1", "2026Q3; DROP", "２０２６Q3", "2026-08"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(BadInput) as refused:
        read_quarter(text)
    assert refused.value.code == "bad-quarter"


def test_a_quarter_is_read_in_both_spellings_and_not_before_it_begins():
    assert read_quarter("2026Q3", date(2026, 7, 1)) == read_quarter("2026-q3", date(2026, 7, 1))
    with pytest.raises(BadInput, match="还没有开始"):
        read_quarter("2026Q3", date(2026, 6, 30))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["2026Q9", "a.pdf"], "bad-quarter"),
        (["2025Q1", "a.odt"], "unknown-format"),
        (["2025Q1", "no/such/a.pdf"], "no-folder"),
    ],
)
def test_the_command_refuses_in_one_line(db, tmp_path, monkeypatch, arguments, code):
    monkeypatch.chdir(tmp_path)
    errors = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("quarterly_report", *arguments, stderr=errors)
    assert end.value.code == 2
    assert errors.getvalue().count("\n") == 1 and code in errors.getvalue()
    assert list(tmp_path.iterdir()) == []


def test_a_site_in_english_reports_in_english(district, settings):
    settings.LANGUAGE_CODE = "en"
    prepared = make.prepare(QUARTER, date(2026, 7, 2))
    said = [block.text for block in prepared.document.blocks if isinstance(block, Paragraph)]
    water = next(text for text in said if text.startswith("Q2 2026"))
    assert "of the district’s 5 monitoring points, 5 were rated; 60.0% are class I to III and 40.0% inferior V" in water
    assert "much better compared with the quarter before" in water
    assert "Too few data for a trend (2 periods" in water
    inferior = cells_of(prepared.document, "Inferior V points").rows
    assert inferior[0][3].startswith("Ammonia nitrogen (1.4), Total phosphorus (0.6)")
    book = openpyxl.load_workbook(io.BytesIO(prepared.write("xlsx")))
    assert {"Overview", "Shares of classes", "Town or subdistrict", "Points"} <= set(book.sheetnames)
