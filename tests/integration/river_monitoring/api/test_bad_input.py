"""Whatever is wrong with a sample, and however it comes in: refused or held, with field, reason and what to do.

Never a class: after each of these the point is as unrated as before.
"""

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from river_monitoring.samples.hj212.intake import store
from river_monitoring.samples.hj212.packet import parse
from river_monitoring.samples.models import AutomaticStation, Sample, StationFault

MN = "88888880000001"
HJ_CODES = {"ph": "w01001", "nh3n": "w21003", "hg": "w20111"}

# what is wrong -> readings, hours ago, the field, words that say why or what to do
CASES = {
    "a pH of 77": ({"ph": "77"}, 2, "ph", "不可能出现"),
    "a negative concentration": ({"nh3n": "-0.3"}, 2, "nh3n", "不可能出现"),
    "µg/L written as mg/L": ({"hg": "0.05"}, 2, "hg", "很少见"),
    "a lost decimal point": ({"nh3n": "235"}, 2, "nh3n", "很少见"),
    "no number": ({"nh3n": "1_000"}, 2, "nh3n", "读不出数字"),
    "a detection limit of 0": ({"nh3n": "0L"}, 2, "nh3n", "读不出数字"),
    "a date in the future": ({"nh3n": "0.3"}, -48, "time", "晚于现在"),
    "a clock that was never set": ({"nh3n": "0.3"}, 50 * 365 * 24, "time", "太早"),
}


@pytest.fixture
def when():
    def moment(hours_ago):
        return timezone.localtime() - timedelta(hours=hours_ago)

    return moment


@pytest.fixture
def by_form(as_user, officer, point):
    def send(readings, at):
        body = {"phenomenon_time": f"{at:%Y-%m-%dT%H:%M}", **readings}
        answer = as_user(officer).post(f"/river/points/{point.code}/samples/new/", body)
        assert answer.status_code == 400
        return [(name, text) for name, texts in answer.context["form"].errors.items() for text in texts]

    return send


def _commit(client, **body):
    answer = client.post("/river/samples/import/", {"commit": "1", **body})
    assert answer.status_code == 200
    return [(error.field, error.message) for result in answer.context["results"] for error in result.errors]


def _table(readings, at):
    return [["code", "time", *readings], ["P-1", f"{at:%Y-%m-%d %H:%M}", *readings.values()]]


@pytest.fixture
def by_paste(as_user, officer, point):
    def send(readings, at):
        return _commit(as_user(officer), text="\n".join("\t".join(row) for row in _table(readings, at)))

    return send


@pytest.fixture
def by_csv(as_user, officer, point):
    def send(readings, at):
        text = "\n".join(",".join(row) for row in _table(readings, at))
        return _commit(as_user(officer), file=SimpleUploadedFile("水样.csv", text.encode("gb18030")))

    return send


@pytest.fixture
def by_xlsx(as_user, officer, point):
    def send(readings, at):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(_table(readings, at)):
                sheet.write_row(number, 0, row)
        return _commit(as_user(officer), file=SimpleUploadedFile("水样.xlsx", out.getvalue()))

    return send


@pytest.fixture
def by_api(as_user, officer, point):
    def send(readings, at):
        body = {"point": point.code, "phenomenon_time": at.isoformat(), "readings": readings}
        answer = as_user(officer).post("/api/v1/samples/", body, "application/json")
        assert answer.status_code == 400, answer.content
        return [(error["field"], error["message"]) for error in answer.json()["errors"]]

    return send


@pytest.fixture
def by_station(point):
    """What a station sends is kept, unrated, with a note; a report of an impossible time is a fault of the station."""
    station = AutomaticStation.objects.create(mn=MN, point=point, password="123456", units={"w20111": "mg/L"})

    def send(readings, at):
        values = ";".join(f"{HJ_CODES[code]}-Avg={value},{HJ_CODES[code]}-Flag=N" for code, value in readings.items())
        content = f"DataTime={at:%Y%m%d%H}0000;{values}"
        store([parse(f"ST=21;CN=2061;PW=123456;MN={station.mn};Flag=4;CP=&&{content}&&".encode())])
        sample = Sample.objects.first()
        if sample is None:
            return [("time", f"{fault.code} {fault.excerpt}") for fault in StationFault.objects.filter(mn=MN)]
        return [(next(iter(sample.flagged)), sample.note)]

    return send


NAMES_OF_TIME = {"time", "phenomenon_time"}
FAULT_CODES = {"晚于现在": "future-time", "太早": "time-too-old"}


@pytest.mark.parametrize("intake", ["form", "paste", "csv", "xlsx", "api", "station"])
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_with_field_and_reason_and_never_rated(request, when, point, intake, case):
    readings, hours_ago, field, words = CASES[case]
    told = request.getfixturevalue(f"by_{intake}")(readings, when(hours_ago))
    assert told, "nothing was said"
    name, message = told[0]
    assert name == field or {name, field} <= NAMES_OF_TIME
    assert words in message or FAULT_CODES.get(words, "-") in message
    assert not Sample.objects.exclude(water_class=0).exists()
    point.refresh_from_db()
    assert point.current_class == 0


def test_a_station_in_a_unit_that_nobody_knows_is_not_rated(point):
    AutomaticStation.objects.create(mn=MN, point=point, password="123456", units={"w21003": "ppb"})
    at = timezone.localtime() - timedelta(hours=2)
    content = f"DataTime={at:%Y%m%d%H}0000;w21003-Avg=0.3,w21003-Flag=N;w01001-Avg=7,w01001-Flag=N"
    store([parse(f"ST=21;CN=2061;PW=123456;MN={MN};Flag=4;CP=&&{content}&&".encode())])
    sample = Sample.objects.get()
    assert sample.water_class == 0
    assert "单位不明" in sample.note


@pytest.mark.parametrize("head", ["汞（ppb）", "氨氮(mmol/L)", "pH(mg/L)"])
def test_a_sheet_in_a_unit_that_nobody_knows_is_refused_whole(as_user, officer, point, head):
    text = f"code\ttime\t{head}\nP-1\t2026-01-05\t0.3"
    answer = as_user(officer).post("/river/samples/import/", {"text": text, "commit": "1"})
    assert answer.status_code == 400
    assert "不认识，应为" in answer.content.decode()
    assert not Sample.objects.exists()


def test_what_a_station_sent_is_rated_once_somebody_has_confirmed_it(as_user, sampler, by_station, when, point):
    by_station({"nh3n": "235"}, when(3))
    client = as_user(sampler)
    page = client.get("/river/samples/review/").content.decode()
    assert "235" in page and "数值少见" in page
    sample = Sample.objects.get()
    address = f"/river/points/{point.code}/samples/{sample.pk}/correct/"
    assert 'value="235"' in client.get(address).content.decode()
    assert client.post(address, {"nh3n": "235", "reason": "已现场复核"}).status_code == 400
    client.post(address, {"nh3n": "235", "reason": "已现场复核", "confirmed": "on"})
    sample.refresh_from_db()
    assert (sample.water_class, sample.flagged) == (6, {})
    assert "没有待核对的水样" in client.get("/river/samples/review/").content.decode()


def test_a_repeated_fault_of_a_station_is_noted_once_an_hour(by_station, when):
    for _ in range(3):
        by_station({"nh3n": "0.3"}, when(-48))
    assert StationFault.objects.count() == 1


def test_the_same_form_twice_is_one_sample_and_another_value_is_refused(as_user, officer, point, when):
    at = f"{when(2):%Y-%m-%dT%H:%M}"
    address = f"/river/points/{point.code}/samples/new/"
    client = as_user(officer)
    for _ in range(2):
        assert client.post(address, {"phenomenon_time": at, "nh3n": "0.3"}).status_code == 302
    assert client.post(address, {"phenomenon_time": at, "nh3n": "0.4"}).status_code == 400
    assert Sample.objects.count() == 1
