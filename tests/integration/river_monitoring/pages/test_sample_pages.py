"""Handing in samples by hand and by the sheet, as a browser without JavaScript does it."""

import io
import re
import zipfile
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from xlsxwriter import Workbook

from geokit.refusal import BadInput, TooLarge
from river_monitoring.samples.models import Sample, SampleRevision
from river_monitoring.samples.services import check_sample
from river_monitoring.samples.sheet import LIMITS, as_text, parse_file, parse_text
from river_monitoring.samples.sheet_import import import_samples
from tests.integration.river_monitoring.conftest import BAD, GOOD

SHEET = "点位编码\t采样时间\tpH值\t溶解氧（mg/L）\t高锰酸盐指数\tNH3-N\t总磷\t备注\n"
ROW = "P-1\t2026-11-05 09:30\t7.2\t4.8\t5.6\t2.35\t0.31\t晴\n"


def now_text():
    return timezone.localtime().strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def his(as_user, officer):
    return as_user(officer)


def test_a_sample_is_handed_in_and_rated(his, point):
    address = f"/river/points/{point.code}/samples/new/"
    assert "录入并评价" in his.get(address).content.decode()
    assert his.post(address, {"phenomenon_time": now_text(), **BAD}).status_code == 302
    assert Sample.objects.get().water_class == 6


def test_a_wrong_value_comes_back_beside_its_box_with_what_was_typed(his, point):
    answer = his.post(f"/river/points/{point.code}/samples/new/", {"phenomenon_time": now_text(), **GOOD, "ph": "77"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "不可能出现" in page
    assert 'value="77"' in page
    assert not Sample.objects.exists()


def test_an_unusual_value_counts_only_once_it_is_confirmed(his, point):
    address = f"/river/points/{point.code}/samples/new/"
    typed = {"phenomenon_time": now_text(), **GOOD, "hg": "0.05"}
    answer = his.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "请核对单位" in page
    assert 'type="checkbox" name="confirmed"' in page
    assert his.post(address, {**typed, "confirmed": "on"}).status_code == 302
    assert Sample.objects.get().limiting == ["hg"]


def test_a_correction_wants_a_reason(his, point, sample, officer):
    wrong = sample(point, BAD, actor=officer)
    address = f"/river/points/{point.code}/samples/{wrong.pk}/correct/"
    assert 'value="2.35"' in his.get(address).content.decode()
    assert his.post(address, GOOD).status_code == 400
    assert his.post(address, {**GOOD, "reason": "抄录错误"}).status_code == 302
    assert SampleRevision.objects.get().reason == "抄录错误"


@pytest.mark.parametrize("who", ["deputy", "other_officer", "gis"])
def test_for_others_there_is_no_form(who, as_user, request, point, sample):
    wrong = sample(point, BAD)
    client = as_user(request.getfixturevalue(who))
    for address in ("samples/new/", f"samples/{wrong.pk}/correct/"):
        assert client.get(f"/river/points/{point.code}/{address}").status_code == 404


def test_a_sample_of_another_point_cannot_be_corrected_here(his, point, make_point, sample):
    other = sample(make_point("P-2"), BAD)
    assert his.get(f"/river/points/{point.code}/samples/{other.pk}/correct/").status_code == 404


def test_a_pasted_sheet_is_shown_before_it_counts(his, point):
    answer = his.post("/river/samples/import/", {"text": SHEET + ROW})
    page = answer.content.decode()
    assert "劣Ⅴ类" in page
    assert "录入 1 份水样" in page
    assert not Sample.objects.exists()
    answer = his.post("/river/samples/import/", {"text": answer.context["text"], "commit": "1"})
    assert "已录入 1 份水样" in answer.content.decode()
    assert Sample.objects.get().source == "import"


def test_every_refused_row_says_its_reason_and_costs_no_other(his, point):
    rows = [
        ROW,
        ROW.replace("P-1", "P-9"),
        ROW.replace("2026-11-05 09:30", "上周五"),
        ROW.replace("7.2", "77").replace("09:30", "10:30"),
        ROW.replace("2026", "2036"),
        ROW.replace("4.8", "25").replace("09:30", "11:30"),
        ROW,
    ]
    answer = his.post("/river/samples/import/", {"text": SHEET + "".join(rows), "commit": "1"})
    outcomes = {
        result.row.number: (result.outcome, [error.code for error in result.errors])
        for result in answer.context["results"]
    }
    assert outcomes == {
        2: ("stored", []),
        3: ("refused", ["unknown-point"]),
        4: ("refused", ["unreadable-time"]),
        5: ("refused", ["impossible-value"]),
        6: ("refused", ["future-time"]),
        7: ("review", ["unusual-value"]),
        8: ("duplicate", []),
    }
    assert Sample.objects.count() == 1


def test_a_row_under_review_counts_when_it_is_ticked(his, point):
    text = SHEET + ROW.replace("4.8", "25")
    his.post("/river/samples/import/", {"text": text, "commit": "1"})
    assert not Sample.objects.exists()
    his.post("/river/samples/import/", {"text": text, "commit": "1", "confirmed": "2"})
    assert Sample.objects.get().readings["do"] == "25"


def test_what_is_ticked_is_the_row_that_was_shown_also_below_a_blank_one(his, point):
    odd = ROW.replace("4.8", "25")
    text = SHEET + ROW + "\n\n" + odd.replace("09:30", "10:30") + odd.replace("09:30", "11:30")
    shown = his.post("/river/samples/import/", {"text": text})
    assert [each.row.number for each in shown.context["results"] if each.outcome == "review"] == [5, 6]
    his.post("/river/samples/import/", {"text": shown.context["text"], "commit": "1", "confirmed": "5"})
    times = Sample.objects.order_by("phenomenon_time").values_list("phenomenon_time", flat=True)
    assert [timezone.localtime(at).hour for at in times] == [9, 10]


def test_what_was_ticked_stays_so_in_a_row_that_is_not_listed(his, point, monkeypatch):
    monkeypatch.setattr("river_monitoring.pages.sample_sheet.SHOWN_ROWS", 1)
    text = SHEET + ROW + ROW.replace("4.8", "25").replace("09:30", "10:30")
    shown = his.post("/river/samples/import/", {"text": text, "confirmed": ["3", "9"]})
    assert shown.context["counts"]["stored"] == 2
    assert re.findall(r'name="confirmed"\s+value="(\d+)"', shown.content.decode()) == ["3"]


def test_a_file_with_null_characters_is_read_without_them(his, point):
    content = (SHEET + ROW.replace("P-1", "P\0-1")).encode()
    answer = his.post("/river/samples/import/", {"file": SimpleUploadedFile("a.csv", content), "commit": "1"})
    assert answer.status_code == 200
    assert Sample.objects.get().point == point


def test_a_sheet_that_says_something_else_of_a_known_sample_is_no_correction(officer, point):
    import_samples(parse_text(SHEET + ROW), officer)
    [result] = import_samples(parse_text(SHEET + ROW.replace("2.35", "0.35")), officer)
    assert (result.outcome, result.errors[0].code) == ("refused", "sample-differs")


def test_a_sheet_of_another_departments_point_is_refused_row_by_row(other_officer, point):
    [result] = import_samples(parse_text(SHEET + ROW), other_officer)
    assert (result.outcome, result.errors[0].code) == ("refused", "not-permitted")


def test_units_in_the_head_are_converted_and_unknown_ones_refused():
    head = "code,time,汞（μg/L）,总磷(mg/l)\n"
    [row] = parse_text(head + "P-1,2026-11-05,0.05L,0.2\n")
    assert row.readings == {"hg": "0.00005L", "tp": "0.2"}
    with pytest.raises(BadInput) as refused:
        parse_text("code,time,总磷(ppm)\nP-1,2026-11-05,0.2\n")
    assert refused.value.code == "unit-unknown"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "sheet-empty"),
        ("code,time,tp\n", "sheet-empty"),
        ("time,tp\n2026-11-05,1\n", "sheet-head"),
        ("code,tp\nP-1,1\n", "sheet-head"),
        ("code,time,天气\nP-1,2026-11-05,晴\n", "sheet-head"),
        ("code,time,tp,总磷\nP-1,2026-11-05,1,1\n", "sheet-head"),
        ('code,time,tp\n"P-1,2026-11-05,1\n', "sheet-unreadable"),
    ],
)
def test_a_sheet_that_is_none_is_refused_as_a_whole(text, code):
    with pytest.raises(BadInput) as refused:
        parse_text(text)
    assert refused.value.code == code


def test_a_sheet_of_too_many_rows_is_too_large():
    with pytest.raises(TooLarge) as refused:
        parse_text("code,time,tp\n" + "P-1,2026-11-05,1\n" * (LIMITS.rows + 1))
    assert refused.value.code == "sheet-too-large"


def workbook(rows):
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def test_a_workbook_is_read_with_its_dates(his, point):
    at = datetime(2026, 11, 5, 9, 30)
    content = workbook([["点位编码", "采样时间", "氨氮", "总磷"], ["P-1", at, 2.35, "0.01L"]])
    [row] = parse_file("samples.xlsx", content)
    assert (row.at, row.readings) == ("2026-11-05 09:30:00", {"nh3n": "2.35", "tp": "0.01L"})
    answer = his.post("/river/samples/import/", {"file": SimpleUploadedFile("samples.xlsx", content)})
    assert answer.context["counts"]["stored"] == 1


@pytest.mark.parametrize("content", [b"PK\x03\x04 no workbook", b"\xff\xfe\x00\x81\x00", b"%PDF-1.7 \xff\xff\x81"])
def test_a_file_that_is_no_sheet_is_refused(his, content):
    answer = his.post("/river/samples/import/", {"file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 400


def test_a_workbook_that_grows_without_end_is_refused(his):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<x>" + b" " * 200 * 1024 * 1024)
    answer = his.post("/river/samples/import/", {"file": SimpleUploadedFile("x.xlsx", out.getvalue())})
    assert answer.status_code == 413
    assert "过大" in answer.content.decode()


def test_nothing_given_is_said(his):
    assert "请粘贴表格内容" in his.post("/river/samples/import/", {}).content.decode()


def test_a_sheet_is_carried_unchanged_from_preview_to_confirmation():
    rows = parse_text(SHEET + ROW + ROW.replace("0.31", ""))
    assert [(row.point, row.at, row.readings) for row in parse_text(as_text(rows))] == [
        (row.point, row.at, row.readings) for row in rows
    ]


def test_what_waits_is_not_said_to_be_of_stations_alone(point, sample, staff, as_user):
    check_sample(sample(point, GOOD).pk, "question", "与现场不符", staff)
    page = as_user(staff).get("/river/samples/import/").content.decode()
    assert "有 1 份水样待核对" in page and "自动站有" not in page


def test_who_hands_in_again_what_was_rejected_is_told_so(point, sampler, staff, analyst, as_user):
    at = timezone.localtime().replace(second=0, microsecond=0) - timedelta(days=2)
    given = {"phenomenon_time": f"{at:%Y-%m-%dT%H:%M}", **GOOD}
    his = as_user(sampler)
    assert "已录入，评价为" in his.post(f"/river/points/{point.code}/samples/new/", given, follow=True).content.decode()
    check_sample(point.samples.get().pk, "question", "与现场不符", staff)
    check_sample(point.samples.get().pk, "reject", "采样瓶污染", analyst)
    page = his.post(f"/river/points/{point.code}/samples/new/", given, follow=True).content.decode()
    assert "后来已作废" in page and "已录入，评价为" not in page
