"""Stations, deputies and receptions as spreadsheets: out, back in unchanged, and every bad row with its reason."""

from datetime import timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Area
from accounts.tokens import services as tokens
from geokit.refusal import BadInput, TooLarge
from ledger.models import AuditEntry
from stations.models import Deputy, DutyRecord, Matter, Reception, Station
from stations.receptions import services as receptions
from stations.register.opening_hours import format_opening_days, parse_opening_days
from stations.register.services import PAGES
from stations.statistics.queries import statistics
from stations.urls import urlpatterns
from ui.sheets import read_sheet

STATIONS = "编号,名称,类型,镇街,地址,电话,接待时间,经度,纬度,服务设施\n"
DEPUTIES = "代表证号,姓名,联络站编号,选区,选区所含村社,在任\n"
HELD = "联络站编号,日期,开始,结束,类型,主题,到场代表,接待选民(人),接待小结\n"


@pytest.fixture
def send(as_user):
    """Upload text as a CSV file of a kind; return the answer."""

    def upload(person, kind, text, **more):
        file = SimpleUploadedFile("rows.csv", text.encode())
        return as_user(person).post(f"/stations/sheets/{kind}/", {"file": file, **more})

    return upload


def shown(answer):
    return [(row["number"], str(row["outcome"]), [m for _c, m in row["errors"]]) for row in answer.context["shown"]]


def outcomes(answer):
    return sorted((number, outcome) for number, outcome, _errors in shown(answer))


# Stations


@pytest.mark.parametrize("code", ["A/1", "..", "receptions", "duty"])
def test_a_station_with_a_code_that_is_no_part_of_an_address_is_refused(code, send, staff, world, as_user):
    row = f"{code},新站,村社联络站,西镇,人民路9号,0574-1,每月15日 08:30-11:00,121.32,29.85,单独接谈室"
    answer = send(staff, "stations", STATIONS + row)
    assert outcomes(answer) == [(2, "refused")]
    assert "它是网址的一部分" in shown(answer)[0][2][0]
    assert as_user(None).get("/stations/").status_code == 200
    assert not Station.objects.exists()


def test_no_page_beside_the_stations_hides_one():
    first = {str(one.pattern).lstrip("^").split("/")[0] for one in urlpatterns if "/" in str(one.pattern)}
    assert {name for name in first if name and not name.startswith("<")} == set(PAGES)


def test_a_station_is_entered_changed_and_then_the_same(send, staff, world):
    row = "S-09,新站,村社联络站,西镇,人民路9号,0574-1,每月15日 08:30-11:00；每周三 14:00-16:00,121.32,29.85,单独接谈室"
    assert outcomes(send(staff, "stations", STATIONS + row)) == [(2, "stored")]
    station = Station.objects.get(code="S-09")
    assert (station.geom.x, station.facilities, station.opening_days.count()) == (121.32, ["private_room"], 2)
    assert station.opening == "每周三 14:00-16:00；每月15日 08:30-11:00"
    assert outcomes(send(staff, "stations", STATIONS + row)) == [(2, "same")]
    assert outcomes(send(staff, "stations", STATIONS + row.replace("0574-1", "0574-2"))) == [(2, "changed")]
    assert Station.objects.get(code="S-09").version == 2
    verbs = AuditEntry.objects.filter(object_id=station.pk, object_type__icontains="station").values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["station-edited", "station-entered"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (",新站,村社联络站,西镇,路,,,121.32,29.85,", "没有写“编号”"),
        ("S-09,新站,茶馆,西镇,路,,,121.32,29.85,", "“类型”应是"),
        ("S-09,新站,村社联络站,北镇,路,,,121.32,29.85,", "没有叫“北镇”的镇街"),
        ("S-09,新站,村社联络站,西镇,路,,,121.38,29.85,", "不在西镇内"),
        ("S-09,新站,村社联络站,西镇,路,,,,,", "新的联络站要写经度和纬度"),
        ("S-09,新站,村社联络站,西镇,路,,,x,29.85,", "应是小数"),
        ("S-09,新站,村社联络站,西镇,路,,有空就开,121.32,29.85,", "读不懂"),
        ("S-09,新站,村社联络站,西镇,路,,,121.32,29.85,游泳池", "没有“游泳池”这种设施"),
        (f"S-09,{'长' * 81},村社联络站,西镇,路,,,121.32,29.85,", "不超过 80 字"),
    ],
)
def test_a_bad_row_says_why_and_costs_no_other(row, word, send, staff, world):
    good = "S-10,另一站,村社联络站,东镇,路,,,121.38,29.85,"
    answer = send(staff, "stations", f"{STATIONS}{row}\n{good}")
    assert outcomes(answer) == [(2, "refused"), (3, "stored")]
    assert word in shown(answer)[0][2][0]
    assert list(Station.objects.values_list("code", flat=True)) == ["S-10"]


def test_a_number_is_not_made_small_by_zeros_before_it(send, staff, world):
    head = "编号,名称,类型,镇街,地址,经度,纬度,室内面积（平方米）\n"
    answer = send(staff, "stations", f"{head}S-09,新站,村社联络站,西镇,路,121.32,29.85,00000000099999")
    assert outcomes(answer) == [(2, "refused")]
    assert "1 到 20000 的整数" in shown(answer)[0][2][0]


def test_checking_alone_stores_nothing(send, staff, world):
    answer = send(staff, "stations", STATIONS + "S-09,新站,村社联络站,西镇,路,,,121.32,29.85,", dry_run="on")
    assert outcomes(answer) == [(2, "stored")]
    assert "没有保存" in answer.content.decode()
    assert not Station.objects.exists()


def test_each_towns_staff_enter_stations_of_their_town(send, west_staff, east_staff, west, world):
    row = "S-01,改名,镇街联络站,西镇,人民路1号,,,,,"
    new = "S-09,新站,村社联络站,西镇,路,,,121.32,29.85,"
    taken = "S-01,西镇联络站,镇街联络站,东镇,人民路1号,,,,,"
    assert outcomes(send(east_staff, "stations", f"{STATIONS}{row}\n{new}\n{taken}")) == [
        (2, "refused"), (3, "refused"), (4, "refused"),
    ]  # fmt: skip
    assert outcomes(send(west_staff, "stations", f"{STATIONS}{row}\n{new}")) == [(2, "changed"), (3, "stored")]


def test_a_towns_officer_changes_her_station_and_enters_none(send, town_officer, eastern_officer, west, world):
    row = "S-01,改名,镇街联络站,西镇,人民路1号,,,,,"
    new = "S-09,新站,村社联络站,西镇,路,,,121.32,29.85,"
    assert outcomes(send(town_officer, "stations", f"{STATIONS}{row}\n{new}")) == [(2, "changed"), (3, "refused")]
    assert send(eastern_officer, "stations", STATIONS + row).status_code == 404  # she runs no station at all


def test_what_went_out_comes_back_in_unchanged(as_user, send, staff, west, east, deputies):
    for kind in ("stations", "deputies", "receptions"):
        text = as_user(staff).get(f"/stations/sheets/{kind}.csv").content.decode("utf-8-sig")
        if len(text.splitlines()) > 1:
            assert {outcome for _row, outcome in outcomes(send(staff, kind, text))} == {"same"}
    book = as_user(staff).get("/stations/sheets/stations.xlsx").content
    assert CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()[1][1] == "西镇联络站"


def test_a_cell_that_begins_like_a_formula_goes_out_as_text(as_user, staff, west):
    Station.objects.filter(pk=west.pk).update(name="=HYPERLINK(1)")
    assert "'=HYPERLINK" in as_user(staff).get("/stations/sheets/stations.csv").content.decode()


# Deputies


def test_deputies_are_entered_by_staff_and_only_out_to_them(send, as_user, staff, town_officer, west, world):
    village = Area.objects.create(code="330203100001", name="布政村", level="village", parent=world.west_town)
    answer = send(staff, "deputies", f"{DEPUTIES}D-7,周七,S-01,第七选区,布政村,是\nD-8,周八,S-99,第七选区,,是")
    assert outcomes(answer) == [(2, "stored"), (3, "refused")]
    assert list(Deputy.objects.get().constituency.all()) == [village]
    assert outcomes(send(staff, "deputies", f"{DEPUTIES}D-7,周七,S-01,第七选区,布政村,否")) == [(2, "changed")]
    assert Deputy.objects.get().is_active is False
    assert as_user(town_officer).get("/stations/sheets/deputies.csv").status_code == 404


def test_a_towns_staff_keep_their_own_deputies_only(send, as_user, west_staff, east_staff, deputies, east):
    row = "D-陈一,陈一,S-02,第三选区,,是"
    assert outcomes(send(east_staff, "deputies", DEPUTIES + row)) == [(2, "refused")]
    assert outcomes(send(west_staff, "deputies", DEPUTIES + row)) == [(2, "refused")]
    assert "陈一" not in as_user(east_staff).get("/stations/sheets/deputies.csv").content.decode()
    assert "D-陈一" in as_user(west_staff).get("/stations/sheets/deputies.csv").content.decode()


def test_a_village_of_two_towns_has_to_be_named_by_code(send, staff, west, world):
    for number, town in ((1, world.east_town), (2, world.east_town)):
        Area.objects.create(code=f"33020399900{number}", name="同名村", level="village", parent=town)
    answer = send(staff, "deputies", f"{DEPUTIES}D-7,周七,S-01,,同名村,是\nD-8,周八,S-01,,330203999001,是")
    assert outcomes(answer) == [(2, "refused"), (3, "stored")]
    assert "请写区划代码" in shown(answer)[0][2][0]


def test_no_sheet_gives_a_deputy_the_villages_of_another_district(send, west_staff, west, world):
    """What voters of a village write goes to who is said to be elected there."""
    county = Area.objects.create(code="330212", name="鄞州区", level=Area.Level.DISTRICT)
    town = Area.objects.create(code="330212101", name="外镇", level=Area.Level.TOWN, parent=county)
    Area.objects.create(code="330212101001", name="外村", level=Area.Level.VILLAGE, parent=town)
    for said in ("外村", "330212101001"):
        answer = send(west_staff, "deputies", f"{DEPUTIES}D-9,吴九,S-01,,{said},是")
        assert outcomes(answer) == [(2, "refused")]
        assert f"没有名为“{said}”的村社" in shown(answer)[0][2][0]


# Receptions


def test_what_was_held_is_entered_counted_and_somebodys_duty(send, town_officer, west, deputies, noon):
    row = "S-01,2026年11月5日,08:30,11:00,主题接待,加装电梯,陈一、陈二,4,谈电梯"
    assert outcomes(send(town_officer, "receptions", HELD + row)) == [(2, "stored")]
    counted = statistics(None)
    assert (counted.sessions, counted.themed, counted.attendances, counted.visitors) == (1, 1, 2, 4)
    assert DutyRecord.objects.count() == 2
    day = Reception.objects.get()
    assert list(day.events.order_by("pk").values_list("verb", flat=True)) == ["entered", "recorded"]
    assert outcomes(send(town_officer, "receptions", HELD + row)) == [(2, "same")]
    assert outcomes(send(town_officer, "receptions", HELD + row.replace(",4,", ",5,"))) == [(2, "changed")]
    assert (Reception.objects.count(), day.events.filter(verb="corrected").count()) == (1, 1)


@pytest.mark.parametrize(
    ("said", "otherwise", "field"),
    [(",11:00,", ",11:30,", "ends"), ("主题接待", "定期接待", "kind"), ("加装电梯", "停车", "theme")],
)
def test_what_a_held_day_says_otherwise_is_refused_with_what_stands(
    said, otherwise, field, send, town_officer, west, deputies, noon
):
    """It was answered as the same, and dropped."""
    row = "S-01,2026年11月5日,08:30,11:00,主题接待,加装电梯,陈一、陈二,4,谈电梯"
    send(town_officer, "receptions", HELD + row)
    answer = send(town_officer, "receptions", HELD + row.replace(said, otherwise).replace(",4,", ",5,"))
    assert outcomes(answer) == [(2, "refused")]
    assert "已登记为" in shown(answer)[0][2][0]
    assert (Reception.objects.get().visitors, Reception.objects.get().version) == (4, 2)
    left_out = row.replace("主题接待", "").replace("加装电梯", "")
    assert outcomes(send(town_officer, "receptions", HELD + left_out)) == [(2, "same")]


def test_a_day_that_was_announced_here_is_recorded_not_doubled(send, town_officer, announced, noon):
    noon.move_to(announced.ends_at + timedelta(hours=1))
    row = "S-01,2026-11-29,08:30,11:00,,,陈一,3,"
    assert outcomes(send(town_officer, "receptions", HELD + row)) == [(2, "changed")]
    assert Reception.objects.get().visitors == 3


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("S-02,2026-11-05,08:30,11:00,,,陈一,4,", "不归您管"),
        ("S-01,2026-11-05,11:00,08:30,,,陈一,4,", "结束要晚于开始"),
        ("S-01,2026-12-05,08:30,11:00,,,陈一,4,", "只能补登已经结束的接待"),
        ("S-01,5月,08:30,11:00,,,陈一,4,", "读不懂"),
        ("S-01,2026-11-05,早上,11:00,,,陈一,4,", "读不懂"),
        ("S-01,2026-11-05,08:30,11:00,,,无名氏,4,", "没有叫“无名氏”的代表"),
        ("S-01,2026-11-05,08:30,11:00,主题接待,,陈一,4,", "主题接待要写明主题"),
        ("S-01,2026-11-05,08:30,11:00,,,陈一,很多,", "整数"),
        ("S-01,2026-11-05,08:30,11:00,,,陈一,00000000099999,", "整数"),
        ("S-01,1026-11-05,08:30,11:00,,,陈一,4,", "年份"),
    ],
)
def test_a_reception_that_cannot_have_been_is_refused(row, word, send, town_officer, west, east, deputies, noon):
    answer = send(town_officer, "receptions", HELD + row)
    assert outcomes(answer) == [(2, "refused")]
    assert word in shown(answer)[0][2][0]
    assert not Reception.objects.exists()


def test_a_sheet_gives_no_duty_to_deputies_of_another_district(send, town_officer, west, deputies, noon):
    county = Area.objects.create(code="330212", name="鄞州区", level=Area.Level.DISTRICT)
    town = Area.objects.create(code="330212101", name="外镇", level=Area.Level.TOWN, parent=county)
    there = Station.objects.create(
        code="Y-01", name="外镇联络站", kind="town", area=town, address="1号", opening="15日", geom=west.geom
    )
    Deputy.objects.create(code="Y-001", name="外人", station=there)
    for said in ("外人", "Y-001"):
        answer = send(town_officer, "receptions", f"{HELD}S-01,2026-11-05,08:30,11:00,,,{said},4,")
        assert outcomes(answer) == [(2, "refused")]
        assert f"没有叫“{said}”的代表" in shown(answer)[0][2][0]
    assert not DutyRecord.objects.exists()


def test_a_day_that_was_called_off_hides_none_that_was_held_instead(send, town_officer, west, announced, plan, noon):
    receptions.cancel(town_officer, announced.pk, version=1, reason="台风")
    again = receptions.announce(town_officer, west, plan())
    noon.move_to(announced.ends_at + timedelta(hours=1))
    row = "S-01,2026-11-29,08:30,11:00,,,陈一,3,"
    assert outcomes(send(town_officer, "receptions", HELD + row)) == [(2, "changed")]
    assert (Reception.objects.get(pk=again.pk).visitors, Reception.objects.count()) == (3, 2)


def test_a_deputy_who_has_left_office_may_have_received_before(send, town_officer, west, deputies, noon):
    assert outcomes(send(town_officer, "receptions", f"{HELD}S-01,2025-11-05,08:30,11:00,,,陈三,4,")) == [(2, "stored")]


def test_receptions_go_out_with_counts_and_without_what_voters_said(as_user, town_officer, receive, west, deputies):
    receive(west, "2026-03-15T08:30", deputies[:1])
    text = as_user(town_officer).get("/stations/sheets/receptions.csv").content.decode()
    assert "S-01,2026-03-15,08:30,10:30,定期接待,,,陈一,3,,2,1" in text
    assert Matter.objects.first().text not in text


# Files


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"\n", "没有“编号”这一列"),
        (STATIONS.encode(), "没有数据行"),
        ("编号,编号\n1,2".encode(), "出现了两次"),
        (b"\xff\xfe\x00\x01\x81", "不是 XLSX"),
        (b"PK\x03\x04 not a workbook", ""),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(content, word, as_user, staff, world):
    file = SimpleUploadedFile("rows.csv", content)
    answer = as_user(staff).post("/stations/sheets/stations/", {"file": file})
    assert answer.status_code == 400
    assert word in answer.content.decode()


def test_a_table_in_gb18030_and_one_in_xlsx_are_read_alike():
    heads, rows = {"编号": "code", "名称": "name"}, ["编号,名称,别的", "S-1, 鄞江站 ,x"]
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row.split(","))
    for content in ("\n".join(rows).encode("gb18030"), buffer.getvalue()):
        (row,) = read_sheet("f", content, heads, ("code",))
        assert (row.number, dict(row.cells)) == (2, {"code": "S-1", "name": "鄞江站"})
        assert row["missing"] == ""


def test_a_table_that_is_too_large_is_refused():
    with pytest.raises(TooLarge):
        read_sheet("f", b"a" * (5 * 1024 * 1024 + 1), {"a": "a"}, ())
    with pytest.raises(TooLarge):
        read_sheet("f", b"code\n" + b"x\n" * 5001, {"code": "code"}, ())
    with pytest.raises(BadInput):
        read_sheet("f", b'code\n"x', {"code": "code"}, ())


def test_opening_days_are_read_as_they_are_said():
    said = "每周三 14:00-16:00；每月15日 08:30-11:00"
    assert format_opening_days(parse_opening_days(said)) == said
    for wrong in ("每周八 14:00-16:00", "每月15日 11:00-08:30", "每月15日 25:00-26:00", "天天开门"):
        assert parse_opening_days(wrong) is None


# The API


@pytest.fixture
def bearer(town_officer):
    def issue(*scopes):
        until = timezone.localdate() + timedelta(days=30)
        department = town_officer.department
        return tokens.issue(town_officer, department=department, name="镇街系统", scopes=scopes, expires_on=until)[1]

    return issue


@pytest.fixture
def body(deputies):
    return {
        "station": "S-01", "starts_at": "2026-11-05T08:30:00+08:00", "ends_at": "2026-11-05T11:00:00+08:00",
        "deputies": ["陈一"], "visitors": 4,
    }  # fmt: skip


def post(client, body, token=""):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return client.post("/api/v1/receptions/", body, content_type="application/json", headers=headers)


def test_a_towns_program_hands_in_what_was_held_once(client, bearer, body, west, noon):
    token = bearer("stations:write")
    assert post(client, body, token).status_code == 201
    again = post(client, [body, body | {"station": "S-77"}], token)
    assert again.status_code == 207
    assert [row["outcome"] for row in again.json()["rows"]] == ["same", "refused"]
    assert again.json()["rows"][1]["errors"][0]["field"] == "station"
    assert Reception.objects.count() == 1


def test_a_held_day_that_a_program_sends_again_otherwise_is_told_409(client, bearer, body, west, noon):
    token = bearer("stations:write")
    later = body | {"ends_at": "2026-11-05T11:30:00+08:00", "theme": "停车"}
    assert post(client, body, token).status_code == 201
    answer = post(client, later, token)
    assert (answer.status_code, answer.json()["code"]) == (409, "reception-differs")
    assert [error["field"] for error in answer.json()["errors"]] == ["ends", "theme"]
    row = post(client, [later], token).json()["rows"][0]
    assert (row["outcome"], {error["code"] for error in row["errors"]}) == ("refused", {"reception-differs"})
    assert post(client, body, token).json()["same"] == 1


def test_a_token_without_the_scope_and_nobody_hand_in_nothing(client, bearer, body, west, noon):
    assert post(client, body, bearer("read")).status_code == 403
    assert post(client, body).status_code in (401, 403)
    assert not Reception.objects.exists()


def test_an_officer_who_runs_no_station_hands_in_nothing(as_user, officer, body, west, noon):
    assert post(as_user(officer), body).status_code == 403


def test_an_object_of_the_wrong_shape_is_named(client, bearer, body, west, noon):
    answer = post(client, body | {"starts_at": "yesterday"}, bearer("stations:write"))
    assert answer.status_code == 400
    assert not Reception.objects.exists()


def test_of_a_list_the_error_says_which_object_is_meant(client, bearer, body, west, noon):
    answer = post(client, [body, body | {"visitors": -1}, {"station": "S-01"}], bearer("stations:write"))
    assert answer.status_code == 400
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["1.visitors", *(f"2.{name}" for name in ("starts_at", "ends_at", "deputies", "visitors"))]
    alone = post(client, body | {"visitors": -1}, bearer("stations:write"))
    assert [error["field"] for error in alone.json()["errors"]] == ["visitors"]


@pytest.mark.parametrize(
    ("ends_at", "outcome"),
    [
        ("2026-11-06T11:00:00+08:00", "refused"),  # the next day: more than ten hours
        ("2026-11-04T11:00:00+08:00", "refused"),
        ("2026-11-05T03:00:00Z", "stored"),
    ],
)
def test_the_day_on_which_a_reception_ended_is_heard(client, bearer, body, west, noon, ends_at, outcome):
    answer = post(client, [body | {"ends_at": ends_at}], bearer("stations:write"))
    assert [row["outcome"] for row in answer.json()["rows"]] == [outcome]
    assert Reception.objects.count() == (outcome == "stored")


def test_a_reception_past_midnight_ends_on_the_next_day(client, bearer, body, west, noon):
    late = {"starts_at": "2026-11-05T21:00:00+08:00", "ends_at": "2026-11-06T00:30:00+08:00"}
    assert post(client, body | late, bearer("stations:write")).status_code == 201
    held = Reception.objects.get()
    assert held.ends_at - held.starts_at == timedelta(hours=3, minutes=30)


def test_a_correction_by_sheet_is_refused_to_a_stranger(send, eastern_officer, east, announced, town_officer, noon):
    noon.move_to(announced.ends_at + timedelta(hours=1))
    receptions.record(town_officer, announced.pk, version=1, visitors=4, present=Deputy.objects.filter(name="陈一"))
    answer = send(eastern_officer, "receptions", f"{HELD}S-01,2026-11-29,08:30,11:00,,,陈一,400,")
    assert outcomes(answer) == [(2, "refused")]
    assert Reception.objects.get().visitors == 4
