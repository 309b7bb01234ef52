"""Many rows at once: saved in one transaction with an answer each, never over somebody else's change."""

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from accounts.directory.levels import districts
from ledger.models import AuditEntry
from river_monitoring.bulk_update.sheets import SHEETS
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.rectification.models import RectificationEvent
from river_monitoring.works import services as works
from river_monitoring.works.models import WorkEvent
from ui.many_rows import workbook
from ui.many_rows.saving import save_rows
from ui.many_rows.table import Edit, default_pick

POINTS, MEASURES = SHEETS["points"], SHEETS["measures"]
PAGE = "/river/update/points/"


@pytest.fixture
def soon():
    return timezone.localdate() + timedelta(days=90)


@pytest.fixture
def forty(make_point):
    """Forty listed points of the water department."""
    today = timezone.localdate()
    days = {"listed_on": today - timedelta(days=90), "due_on": today + timedelta(days=120)}
    return [make_point(f"F-{number:02}", status="listed", **days) for number in range(40)]


def edit_of(sheet, thing, user, **changes):
    thing.refresh_from_db()
    row = sheet.row(sheet.things(user).get(pk=thing.pk), user)
    return Edit(row.pk, row.version, dict(row.cells), {**row.cells, **changes})


def form_of(sheet, user, **changes):
    """What a browser sends: every cell of every row, with `changes` by name of input."""
    given = {"save": "1"}
    for row in sheet.rows(user, sheet.things(user)):
        given[f"v-{row.pk}"] = row.version
        for key, text in row.cells.items():
            given |= {f"b-{row.pk}-{key}": text, f"c-{row.pk}-{key}": text}
    return given | changes


def outcomes(results):
    return [result.outcome for result in results]


def test_forty_points_are_updated_at_once(forty, officer, soon):
    edits = [
        edit_of(
            POINTS, point, officer, step="planned", note="截污纳管", due_on=soon.isoformat(), responsible_name="周工"
        )
        for point in forty
    ]
    assert outcomes(save_rows(POINTS, edits, officer)) == ["saved"] * 40
    assert RectificationEvent.objects.filter(to_status="planned", due_on=soon).count() == 40
    assert WorkEvent.objects.filter(verb="details").count() == 40
    forty[7].refresh_from_db()
    assert (forty[7].status, forty[7].due_on, forty[7].responsible_name) == ("planned", soon, "周工")


def test_a_refused_row_costs_no_other_and_names_its_cell(forty, officer):
    good = edit_of(POINTS, forty[0], officer, responsible_name="周工")
    bad = edit_of(POINTS, forty[1], officer, step="planned", responsible_name="吴工")
    worse = edit_of(POINTS, forty[2], officer, due_on="下个月", step="planned", note="方案")
    results = save_rows(POINTS, [bad, good, worse], officer)
    assert outcomes(results) == ["refused", "saved", "refused"]
    assert [error.field for error in results[0].errors] == ["note"]
    assert [error.code for error in results[2].errors] == ["unreadable-date"]
    forty[1].refresh_from_db()
    assert (forty[1].responsible_name, forty[1].version) == ("", 1)  # nothing of the refused row stayed


def test_somebody_elses_change_is_shown_and_not_overwritten(forty, officer, colleague):
    mine = edit_of(POINTS, forty[0], officer, responsible_name="周工")
    works.change_point(forty[0].pk, colleague, expected_version=1, changes={"responsible_name": "吴工"})
    (result,) = save_rows(POINTS, [mine], officer)
    assert result.outcome == "conflict" and "水利" in result.changed_by
    forty[0].refresh_from_db()
    assert forty[0].responsible_name == "吴工"


def test_an_officer_does_not_move_her_own_deadline_but_an_accepting_body_may(
    forty, officer, other_officer, bodies, soon
):
    given = {"due_on": soon.isoformat(), "note": "汛期影响"}
    edit = edit_of(POINTS, forty[0], officer, **given)
    (result,) = save_rows(POINTS, [edit], officer)
    assert (result.outcome, "验收单位" in result.errors[0].message) == ("refused", True)
    assert outcomes(save_rows(POINTS, [edit_of(POINTS, forty[0], other_officer, **given)], other_officer)) == ["saved"]
    event = WorkEvent.objects.get(verb="deadline")
    assert event.changes["due_on"][1] == soon.isoformat() and event.note == "汛期影响"
    entry = AuditEntry.objects.get(verb="change-point")
    assert entry.detail == {"fields": ["due_on"], "changed": {"due_on": event.changes["due_on"]}}
    forty[0].refresh_from_db()
    edit = edit_of(POINTS, forty[0], other_officer, responsible_name="外人")
    assert outcomes(save_rows(POINTS, [edit], other_officer)) == ["refused"]


def test_a_body_takes_a_step_and_moves_the_deadline_in_one_row_for_one_reason(make_point, bodies, other_officer, soon):
    today = timezone.localdate()
    days = {"listed_on": today - timedelta(days=90), "due_on": today + timedelta(days=10)}
    point = make_point("A-1", status="acceptance_asked", **days)
    given = {"step": "under_way", "due_on": soon.isoformat(), "note": "管网还要返工"}
    assert outcomes(save_rows(POINTS, [edit_of(POINTS, point, other_officer, **given)], other_officer)) == ["saved"]
    point.refresh_from_db()
    assert (point.status, point.due_on) == ("under_way", soon)
    assert WorkEvent.objects.get(verb="deadline").note == RectificationEvent.objects.get().note == "管网还要返工"


def test_rows_of_another_department_are_not_hers(forty, officer, other_officer):
    edit = edit_of(POINTS, forty[0], officer, responsible_name="外人")
    assert not POINTS.things(other_officer).exists()
    assert outcomes(save_rows(POINTS, [edit], other_officer)) == ["refused"]
    forty[0].refresh_from_db()
    assert forty[0].responsible_name == ""


@pytest.mark.parametrize(("key", "most"), [("responsible_name", 40), ("responsible_phone", 30)])
def test_a_cell_that_is_longer_than_its_field_costs_no_other_row(key, most, forty, officer):
    edits = [edit_of(POINTS, forty[n], officer, **{key: "周" * (most + n)}) for n in range(2)]
    results = save_rows(POINTS, edits, officer)
    assert outcomes(results) == ["saved", "refused"]
    assert [error.field for error in results[1].errors] == [key]


def test_what_no_measure_can_hold_is_refused_by_its_cell(listed, officer):
    made = [works.add_measure(listed.pk, officer, {"kind": "sewers", "title": f"截污{n}"}) for n in range(3)]
    wrong = ({"contractor": "甬江建设" * 21}, {"cost_wan": "1000000000"}, {"share_done": "60"})
    edits = [edit_of(MEASURES, one, officer, **given) for one, given in zip(made, wrong, strict=True)]
    results = save_rows(MEASURES, edits, officer)
    assert outcomes(results) == ["refused", "refused", "saved"]
    assert [error.field for result in results for error in result.errors] == ["contractor", "cost_wan"]


def test_measures_report_their_progress(listed, officer):
    measure = works.add_measure(listed.pk, officer, {"kind": "sewers", "title": "截污", "cost_wan": Decimal(30)})
    edit = edit_of(MEASURES, measure, officer, share_done="60%", spent_wan="18.5")
    assert outcomes(save_rows(MEASURES, [edit], officer)) == ["saved"]
    measure.refresh_from_db()
    assert (measure.share_done, measure.spent_wan) == (60, Decimal("18.50"))
    back = edit_of(MEASURES, measure, officer, share_done="20")
    (result,) = save_rows(MEASURES, [back], officer)
    assert (result.outcome, result.errors[0].field) == ("refused", "note")


@pytest.mark.parametrize(
    ("mine", "base", "now", "pick"),
    [("甲", "", "", "mine"), ("", "", "乙", "theirs"), ("甲", "", "乙", None), ("乙", "", "乙", "theirs")],
)
def test_who_alone_changed_a_cell_is_offered_first(mine, base, now, pick):
    assert default_pick(Edit(1, 1, {"causes": base}, {"causes": mine}), "causes", now) == pick


def test_the_page_saves_without_scripts(forty, officer, as_user):
    client, point = as_user(officer), forty[3]
    page = client.get(PAGE).content.decode()
    assert page.count('name="v-') == 40
    answer = client.post(PAGE, form_of(POINTS, officer, **{f"c-{point.pk}-responsible_name": "周工"}), follow=True)
    assert "已更新 1 行" in answer.content.decode()
    point.refresh_from_db()
    assert point.responsible_name == "周工"


def test_the_page_asks_whose_text_counts_and_does_as_told(forty, officer, colleague, as_user):
    client, point = as_user(officer), forty[0]
    form = form_of(POINTS, officer, **{f"c-{point.pk}-responsible_name": "周工"})
    works.change_point(point.pk, colleague, expected_version=1, changes={"responsible_name": "吴工"})
    answer = client.post(PAGE, form)
    page = answer.content.decode()
    assert answer.status_code == 409 and "保留现在的：吴工" in page and "用我填的" in page
    again = form_of(POINTS, officer, **{f"c-{point.pk}-responsible_name": "周工"})
    again[f"t-{point.pk}-responsible_name"] = "1"
    assert client.post(PAGE, again).status_code == 409  # she has not said whose
    assert client.post(PAGE, again | {f"p-{point.pk}-responsible_name": "theirs"}).status_code == 302
    point.refresh_from_db()
    assert point.responsible_name == "吴工"
    assert client.post(PAGE, again | {f"p-{point.pk}-responsible_name": "mine"}).status_code == 302
    point.refresh_from_db()
    assert point.responsible_name == "周工"


def changed_workbook(content, **cells):
    """The downloaded workbook with cells of its first sheet changed: {"B2": "…"} as Excel names them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as copy:
        for name, rows in sheets.items():
            sheet = copy.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name != workbook.BASE_SHEET:
                for place, text in cells.items():
                    sheet.write(place, text)
    return SimpleUploadedFile("点位.xlsx", out.getvalue())


def test_a_spreadsheet_comes_back_as_differences_and_counts_only_when_saved(forty, officer, as_user):
    client = as_user(officer)
    content = client.get(f"{PAGE}table.xlsx").content
    page = client.post(PAGE, {"file": changed_workbook(content, G2="周工", G4="吴工")}).content.decode()
    assert "这是预览" in page and "将更新 2 行" in page and page.count('name="v-') == 2
    assert not WorkEvent.objects.exists()
    forty[0].refresh_from_db()
    assert forty[0].version == 1


def test_what_others_changed_since_the_download_is_a_conflict_in_the_preview(forty, officer, colleague, as_user):
    client = as_user(officer)
    content = client.get(f"{PAGE}table.xlsx").content
    works.change_point(forty[0].pk, colleague, expected_version=1, changes={"responsible_name": "郑工"})
    page = client.post(PAGE, {"file": changed_workbook(content, G2="周工")}).content.decode()
    assert "有冲突 1 行" in page and "保留现在的：郑工" in page


def test_a_step_in_the_spreadsheet_goes_by_its_name(forty, officer, soon):
    row = POINTS.row(POINTS.things(officer)[0], officer)
    file = changed_workbook(workbook.write(POINTS, [row]), D2="制定一点一策", E2="方案", F2=soon.isoformat())
    (edit,) = workbook.read(POINTS, file.name, file.read(), lambda _keys: {row.pk: row})
    assert outcomes(save_rows(POINTS, [edit], officer)) == ["saved"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [({"A2": "X-99"}, "不在下载的表格里"), ({"A3": "F-00"}, "编码相同")],
    ids=["a row that was not there", "a row twice"],
)
def test_rows_are_neither_added_nor_doubled(cells, words, forty, officer, as_user):
    client = as_user(officer)
    answer = client.post(PAGE, {"file": changed_workbook(client.get(f"{PAGE}table.xlsx").content, **cells)})
    assert answer.status_code == 400 and words in answer.content.decode()


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"no workbook"], ids=["broken", "text"])
def test_a_file_that_is_none_is_refused(content, officer, as_user):
    answer = as_user(officer).post(PAGE, {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 400 and "还没有提交成功" in answer.content.decode()


def test_a_workbook_of_the_other_table_is_refused(listed, officer, as_user):
    client = as_user(officer)
    measures = client.get("/river/update/measures/table.xlsx").content
    answer = client.post(PAGE, {"file": SimpleUploadedFile("措施.xlsx", measures)})
    assert answer.status_code == 400 and "不是从这一页下载的表格" in answer.content.decode()


def test_a_formula_stays_text(make_point, officer):
    point = make_point("X-1", status="listed", causes='=HYPERLINK("http://x")')
    content = workbook.write(POINTS, [POINTS.row(POINTS.things(officer).get(pk=point.pk), officer)])
    cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert '=HYPERLINK("http://x")' in cells[1]


def test_two_thousand_rows_are_a_few_queries(make_point, officer):
    """As many for forty as for eight: what a row costs is no query."""
    asked = {}
    for count in (8, 40):
        for number in range(count):
            if not MonitoringPoint.objects.filter(code=f"F-{number:02}").exists():
                make_point(f"F-{number:02}", status="listed")
        things = list(POINTS.things(officer))
        districts()  # kept for some seconds by the process
        with CaptureQueriesContext(connection) as reading:
            rows = POINTS.rows(officer, things)
        edits = [
            Edit(row.pk, row.version, row.cells, {**row.cells, "responsible_name": f"周工{count}"}) for row in rows
        ]
        with CaptureQueriesContext(connection) as saving:
            assert set(outcomes(save_rows(POINTS, edits, officer))) == {"saved"}
        asked[count] = (len(reading), len(saving))
    assert asked[8] == asked[40]
    assert asked[40][0] <= 6
    assert asked[40][1] <= 12
    assert WorkEvent.objects.filter(verb="details").count() == 48
    assert AuditEntry.objects.filter(verb="change-point").count() == 48


def test_measures_are_saved_together_with_their_history(listed, officer, other_officer):
    made = [works.add_measure(listed.pk, officer, {"kind": "sewers", "title": f"截污{n}"}) for n in range(12)]
    edits = [edit_of(MEASURES, one, officer, share_done=str(10 + n)) for n, one in enumerate(made)]
    edits[3] = replace(edits[3], values={**edits[3].values, "share_done": "101"})
    with CaptureQueriesContext(connection) as saving:
        results = save_rows(MEASURES, edits, officer)
    assert outcomes(results) == ["saved"] * 3 + ["refused"] + ["saved"] * 8
    assert results[3].errors[0].field == "share_done"
    assert len(saving) <= 20
    events = WorkEvent.objects.filter(verb="measure_progress")
    assert events.count() == 11
    assert {(event.actor, event.department, event.point) for event in events} == {(officer, officer.department, listed)}
    assert outcomes(save_rows(MEASURES, edits[:2], other_officer)) == ["refused"] * 2


def test_the_table_is_narrowed_by_words_and_to_what_is_open(forty, make_point, officer, as_user):
    make_point("Z-1", status="delisted", name="已销号的")
    client = as_user(officer)
    assert "已销号的" in client.get(PAGE).text
    assert "已销号的" not in client.get(f"{PAGE}?open=on").text
    assert client.get(f"{PAGE}?q=F-07").text.count('name="v-') == 1
    assert "去掉筛选" in client.get(f"{PAGE}?q=没有这个").text
    assert client.get(f"{PAGE}?q=%25_\\&page=x").status_code == 200


@pytest.mark.parametrize("text", ["2027年3月5日", "2027-3-5", "2027/03/05", "2027.3.5", "5 Mar 2027"])
def test_a_day_is_read_as_the_site_and_as_spreadsheets_write_it(forty, other_officer, bodies, text):
    given = {"due_on": text, "note": "汛期影响"}
    assert outcomes(save_rows(POINTS, [edit_of(POINTS, forty[0], other_officer, **given)], other_officer)) == ["saved"]
    forty[0].refresh_from_db()
    assert forty[0].due_on.isoformat() == "2027-03-05"
