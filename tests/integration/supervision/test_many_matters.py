"""Many matters at once: each row a step of its own, never somebody else's matter, never over somebody else's step."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from accounts.rate_limits.previews import PREVIEWS, spend_preview
from ledger.steps.apply import steps_now
from supervision.desk.many_matters import MATTERS_SHEET as SHEET
from supervision.desk.many_matters import steps_of
from supervision.matters import queries, services
from supervision.matters.permissions import person_of
from supervision.matters.workflow import MATTERS
from supervision.models import Suggestion
from ui.many_rows import workbook
from ui.many_rows.saving import save_rows
from ui.many_rows.table import Edit

PAGE = "/findings/update/"


@pytest.fixture
def three(deputy, point, file_finding):
    """Three matters of the water department."""
    return [file_finding(deputy, point_code=point.code, text=f"第 {n} 件").suggestion for n in range(3)]


def edit_of(matter, user, **changes):
    matter.refresh_from_db()
    row = SHEET.row(SHEET.things(user).get(pk=matter.pk), user)
    return Edit(row.pk, row.version, dict(row.cells), {**row.cells, **changes})


def outcomes(results):
    return [result.outcome for result in results]


def test_many_are_answered_at_once_and_a_refused_row_costs_no_other(three, officer):
    good, bare, late = three
    edits = [
        edit_of(good, officer, step="reply", result="A", text="已清除"),
        edit_of(bare, officer, step="reply", text="已清除"),
        edit_of(late, officer, step="ask_extension", day="2099年1月1日", text="汛期"),
    ]
    results = save_rows(SHEET, edits, officer)
    assert outcomes(results) == ["saved", "refused", "refused"]
    assert [error.field for error in results[1].errors] == ["result"]
    assert [(error.field, error.code) for error in results[2].errors] == [("day", "too-late")]
    assert [Suggestion.objects.get(pk=one.pk).state for one in three] == ["replied", "assigned", "assigned"]
    assert good.events.filter(verb="replied", text="已清除", result="A").count() == 1


def test_rows_of_others_are_not_hers(three, unrouted, other_officer, officer, deputy):
    edit = edit_of(three[0], officer, step="reply", result="A", text="代答")
    assert not SHEET.things(other_officer).exists()
    assert outcomes(save_rows(SHEET, [edit], other_officer)) == ["refused"]
    urge = Edit(three[0].pk, edit.version, {"step": ""}, {"step": "assign", "department": "生态环境局"})
    assert outcomes(save_rows(SHEET, [urge], officer)) == ["refused"]
    three[0].refresh_from_db()
    assert three[0].state == "assigned"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"text": "只写了字"}, "step"),
        ({"step": "merge", "text": "x"}, "step"),
        ({"step": "urge", "result": "A"}, "result"),
        ({"step": "extend", "day": "改天"}, "day"),
    ],
)
def test_a_row_says_which_cell_is_at_fault(cells, field, three, staff):
    (result,) = save_rows(SHEET, [edit_of(three[0], staff, **cells)], staff)
    assert (result.outcome, [error.field for error in result.errors]) == ("refused", [field])


def test_staff_route_by_the_name_of_the_department(unrouted, staff, world):
    (result,) = save_rows(SHEET, [edit_of(unrouted, staff, step="assign", department="没有的局")], staff)
    assert [error.field for error in result.errors] == ["department"]
    given = {"step": "assign", "department": world.water.short_name, "text": "请办"}
    assert outcomes(save_rows(SHEET, [edit_of(unrouted, staff, **given)], staff)) == ["saved"]
    unrouted.refresh_from_db()
    assert unrouted.department == world.water


def test_what_somebody_did_meanwhile_is_a_conflict_with_words(three, officer, staff):
    edit = edit_of(three[0], officer, step="reply", result="A", text="已清除")
    services.recall(staff, three[0].pk, version=edit.version, text="改派")
    services.assign(staff, three[0].pk, version=edit.version + 1, department=officer.department)
    (result,) = save_rows(SHEET, [edit], officer)
    assert result.outcome == "conflict" and "人大工作人员" in result.changed_by


def test_the_steps_of_a_row_are_those_of_the_matters_own_page(three, unrouted, replied, officer, staff, other_officer):
    until = three[0].due_on + timedelta(days=2)
    services.ask_extension(officer, three[0].pk, version=1, until=until, text="汛期")
    services.urge(staff, three[1].pk)
    services.ask_co(staff, three[2].pk, version=three[2].version, department=other_officer.department)
    everything = list(Suggestion.objects.all())
    facts = queries.matters_of(everything)
    for user in (officer, staff, other_officer):
        for matter in everything:
            shown = steps_of(facts[matter.pk], person_of(user), timezone.localdate())
            known = [line.verb for line in steps_now(MATTERS, user, matter)]
            assert set(shown) == set(known) & set(shown)
            assert {"reply", "urge", "extend", "assign", "co_reply", "drop_request"} & set(known) <= set(shown)


@pytest.mark.usefixtures("districts_kept")
def test_the_page_is_read_by_as_many_queries_for_twenty_as_for_three(
    three, deputy, point, file_finding, as_user, staff
):
    client = as_user(staff)
    asked = []
    for more in (0, 17):
        for number in range(more):
            file_finding(deputy, point_code=point.code, text=f"再 {number}")
        client.get(PAGE)
        with CaptureQueriesContext(connection) as reading:
            assert client.get(PAGE).status_code == 200
        asked.append(len(reading))
    assert asked[0] == asked[1] <= 25


def test_the_table_is_narrowed_and_odd_choices_narrow_nothing(three, unrouted, staff, officer, as_user):
    client = as_user(staff)
    assert client.get(PAGE).text.count('name="v-') == 4
    assert client.get(f"{PAGE}?state=submitted").text.count('name="v-') == 1
    code = three[0].department.code
    assert client.get(f"{PAGE}?department={code}").text.count('name="v-') == 3
    assert client.get(f"{PAGE}?department={code}&q={three[1].number}").text.count('name="v-') == 1
    Suggestion.objects.filter(pk=three[0].pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert client.get(f"{PAGE}?due=overdue").text.count('name="v-') == 1
    assert client.get(f"{PAGE}?state=nowhere&department=x&due=[]&page=zz").text.count('name="v-') == 4
    assert client.get(f"{PAGE}?state=%00").status_code == 400
    assert as_user(officer).get(PAGE).text.count('name="v-') == 3


def test_a_spreadsheet_goes_out_and_comes_back_as_differences(three, officer, as_user):
    client = as_user(officer)
    content = client.get(f"{PAGE}table.xlsx").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    front = next(iter(sheets.values()))
    place = next(number for number, row in enumerate(front) if row[0] == three[0].number)
    front[place] = [*front[place][:3], "答复", "", "A 已解决或基本解决", "", "已清除"]
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as copy:
        for name, rows in sheets.items():
            sheet = copy.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    assert workbook.BASE_SHEET in sheets
    page = client.post(PAGE, {"file": SimpleUploadedFile("事项.xlsx", out.getvalue())}).text
    assert "这是预览" in page and "将更新 1 行" in page
    three[0].refresh_from_db()
    assert three[0].state == "assigned"


def test_a_text_that_is_too_long_is_refused_and_never_cut(three, officer, as_user):
    matter = three[0]
    form = {"save": "1", f"v-{matter.pk}": "1", f"c-{matter.pk}-step": "say", f"c-{matter.pk}-text": "长" * 5001}
    answer = as_user(officer).post(PAGE, form)
    assert answer.status_code == 400 and "一格最多 5000 个字" in answer.text
    assert not matter.events.filter(verb="said").exists()


def test_steps_beyond_what_one_request_takes_are_named(three, officer, monkeypatch):
    monkeypatch.setattr("ui.many_rows.saving.MOST_STEPS", 2)
    edits = [edit_of(one, officer, step="say", text="补充") for one in three]
    results = save_rows(SHEET, edits, officer)
    assert outcomes(results) == ["saved", "saved", "refused"]
    assert [error.code for error in results[2].errors] == ["too-many-steps"]


def test_a_preview_lets_go_of_rows_before_it_looks_at_the_next(three, officer, monkeypatch):
    monkeypatch.setattr("ui.many_rows.saving.TRIED_TOGETHER", 1)
    edits = [edit_of(one, officer, step="reply", result="A", text="已清除") for one in three]
    seen = []

    def apply(matter, edit, actor):
        SHEET.apply(matter, edit, actor)
        seen.append(Suggestion.objects.filter(state="replied").count())

    assert outcomes(save_rows(replace(SHEET, apply=apply), edits, officer, dry_run=True)) == ["saved"] * 3
    assert seen == [1, 1, 1]
    assert not Suggestion.objects.filter(state="replied").exists()


def test_a_preview_reads_the_rows_in_which_something_was_typed(three, officer):
    rows, asked = SHEET.rows(officer, SHEET.things(officer)), []
    out = workbook.write(SHEET, rows)
    assert workbook.read(SHEET, "a.xlsx", out, lambda keys: asked.append(keys) or {}) == []
    changed = [replace(row, cells=row.cells | {"text": "x"}) if row.pk == three[1].pk else row for row in rows]
    front = CalamineWorkbook.from_filelike(io.BytesIO(workbook.write(SHEET, changed)))
    base = CalamineWorkbook.from_filelike(io.BytesIO(out))
    mixed = io.BytesIO()
    with Workbook(mixed) as book:
        for name in base.sheet_names:
            sheet = book.add_worksheet(name)
            source = base if name == workbook.BASE_SHEET else front
            for number, row in enumerate(source.get_sheet_by_name(name).to_python(skip_empty_area=False)):
                sheet.write_row(number, 0, row)
    (edit,) = workbook.read(SHEET, "a.xlsx", mixed.getvalue(), lambda keys: asked.append(keys) or {})
    assert (edit.pk, edit.changed) == (three[1].pk, {"text": "x"})
    assert asked == [[three[1].pk]]


def test_one_person_has_so_many_workbooks_compared(three, officer, as_user):
    for _time in range(PREVIEWS.most):
        spend_preview(officer)
    answer = as_user(officer).post(PAGE, {"file": SimpleUploadedFile("事项.xlsx", b"x")})
    assert answer.status_code == 429


def test_a_form_of_a_large_workbook_is_read(three, officer, as_user):
    """Three thousand rows of differences: more fields than a form has by itself."""
    form = {"save": "1"} | {f"v-{10**7 + number}": "1" for number in range(3000)}
    answer = as_user(officer).post(PAGE, form)
    assert answer.status_code == 400 and "不能更新 3000 行" in answer.text


@pytest.mark.parametrize("row", [["²", "1", *[""] * 5, "x"], ["1", "x", *[""] * 5, "x"], ["1"], ["9" * 40, "1"]])
def test_a_workbook_with_a_forged_hidden_sheet_is_refused(row, three, officer, as_user):
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        front, base = book.add_worksheet("事项"), book.add_worksheet(workbook.BASE_SHEET)
        front.write_row(0, 0, ["编码"])
        front.write_row(1, 0, ["x", "", "", "答复"])
        base.write_row(0, 0, ["pk", "version", *(column.key for column in SHEET.columns), SHEET.name])
        for place, text in enumerate(row):
            base.write_string(1, place, text)
    answer = as_user(officer).post(PAGE, {"file": SimpleUploadedFile("事项.xlsx", out.getvalue())})
    assert answer.status_code == 400


def test_the_page_saves_without_scripts_and_bears_nonsense(three, officer, as_user):
    client, matter = as_user(officer), three[0]
    form = {"save": "1", f"v-{matter.pk}": "1", f"c-{matter.pk}-step": "reply"}
    form |= {f"c-{matter.pk}-result": "B", f"c-{matter.pk}-text": "列入计划"}
    day = timezone.localdate() + timedelta(days=30)
    answer = client.post(PAGE, form | {f"c-{matter.pk}-day": date_format(day)}, follow=True)
    assert "已更新 1 行" in answer.text
    matter.refresh_from_db()
    assert (matter.state, matter.planned_on) == ("replied", day)
    odd = {"save": "1", "v-²": "1", f"v-{'9' * 30}": "1", "v-1": "9" * 40, f"c-{three[1].pk}-text": "\x00"}
    assert client.post(PAGE, odd | {f"v-{three[1].pk}": "1", f"c-{three[1].pk}-step": "say"}).status_code < 500
