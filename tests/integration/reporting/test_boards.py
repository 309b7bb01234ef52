"""Boards: what readers see of them, one filter for all blocks, files, tiles, and the editor."""

from datetime import date
from io import BytesIO

import mapbox_vector_tile
import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from PIL import Image

from accounts.loads.registry import declared
from accounts.loads.services import load_rows, undo
from accounts.looking import Choice
from accounts.models import Area, Department, Role
from accounts.rules.services import begin as rules_begin
from geo_portal.setup.reading import read_file
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from reporting.boards.installing import install, templates
from reporting.boards.models import Board, BoardVersion
from reporting.boards.services import save_board
from reporting.boards.tiles import layer_for_name
from reporting.indicators.models import Indicator
from reporting.indicators.services import save_indicator
from reporting.observations.models import EarlierValue, Observation
from reporting.rules import EMBED_HOSTS
from reporting.warnings.models import WarningRule
from reporting.warnings.rules import save_rule
from tests.data.cast import person
from tests.data.indicators import make_indicator, more_towns, say
from ui.printing import SheetThrottle

MAY = date(2026, 5, 1)
BLOCKS = [
    {"kind": "text", "text": "先看全区"},
    *({"kind": kind, "indicators": ["pm25"]} for kind in ("figure", "bars", "line", "multiples", "map", "table")),
    {"kind": "plans", "indicators": ["pm25"]},
    *({"kind": kind} for kind in ("warnings", "matters", "projects", "documents", "boards")),
]


@pytest.fixture
def pm25(world):
    indicator = make_indicator(department=world.ecology, minimum=5, total="weighted")
    say(indicator, world.west_town, MAY, 40, whole=30, plan=35)
    say(indicator, world.west_town, date(2025, 5, 1), 30, whole=30)
    say(indicator, world.east_town, MAY, 20, whole=10)
    return indicator


@pytest.fixture
def board(staff, pm25):
    return save_board(staff, "air", title="空气", readers="public", period_kind="month", blocks=BLOCKS)


def test_one_filter_narrows_every_block_and_stands_in_the_address(client, board):
    page = client.get("/boards/air/").content.decode()
    assert "35<span" in page.replace("\n", "")  # (40 x 30 + 20 x 10) / 40
    assert "?area=330203100&amp;period=2026-05" in page
    assert "/boards/indicators/pm25/?area=330203100" in page
    town = client.get("/boards/air/?area=330203100&period=2026-05").content.decode()
    assert "40<span" in town
    assert "+10" in town
    assert "看全区" in town
    assert "没有这个区域" in client.get("/boards/air/?area=none").content.decode()
    assert "读不懂期间" in client.get("/boards/air/?period=' OR 1=1").content.decode()


def test_a_sum_says_of_how_many_towns_it_is_and_is_not_held_against_one_of_others(client, world, staff):
    total = make_indicator("spent", title="支出", unit="万元", total="sum")
    block = [{"kind": "figure", "indicators": ["spent"]}]
    save_board(staff, "money", title="支出", readers="public", period_kind="month", blocks=block)
    for town in (world.west_town, world.east_town):
        say(total, town, date(2025, 5, 1), 40)
    say(total, world.west_town, MAY, 40)
    page = client.get("/boards/money/").content.decode()
    assert "2 个中 1 个有数据" in page and "比去年同期" not in page
    say(total, world.east_town, MAY, 30)
    page = client.get("/boards/money/").content.decode()
    assert "个有数据" not in page and "比去年同期" in page and "-10 万元" in page


def test_too_small_a_denominator_is_said_and_not_shown(client, world, board):
    Observation.objects.filter(area=world.east_town).update(whole=3)
    page = client.get("/boards/air/").content.decode()
    assert "数据不足" in page
    assert "东镇 20" not in page
    whole = client.get("/boards/air/").content.decode()
    assert "40<span" in whole


def test_too_small_a_denominator_is_in_no_file_and_no_answer_but_of_who_reports_it(
    client, as_user, world, board, other_officer
):
    Observation.objects.filter(area=world.east_town).update(whole=3)
    Observation.objects.filter(area=world.east_town).update(whole=4)  # what stood before is kept
    for reader, is_there in ((client, False), (as_user(other_officer), True)):
        lines = reader.get("/boards/indicators/pm25/values.csv").text.splitlines()
        of_east = next(line for line in lines if world.east_town.code in line)
        assert bool(of_east.split(",")[4]) == is_there
        answer = reader.get(f"/api/v1/observations/?indicator=pm25&area={world.east_town.code}").json()
        assert (answer["results"][0]["value"] is not None) == is_there
        page = reader.get(f"/boards/indicators/pm25/?area={world.east_town.code}").text
        assert ("原为 20" in page) == is_there


def test_what_is_not_public_is_in_no_block_file_or_tile_of_a_public_board(client, as_user, staff, board):
    Indicator.objects.update(is_public=False)
    assert "PM2.5" not in client.get("/boards/air/").content.decode()
    assert "PM2.5" in as_user(staff).get("/boards/air/").content.decode()
    assert client.get("/tiles/board_air/10/857/422.mvt").status_code == 404
    Board.objects.update(readers="staff")
    for address in ("/boards/air/", "/boards/air/board.xlsx", "/boards/air/board.pdf"):
        assert client.get(address).status_code == 404


def test_the_files_say_what_the_page_says(client, board):
    book = openpyxl.load_workbook(BytesIO(client.get("/boards/air/board.xlsx?period=2026-05").content))
    assert book["说明"]["A2"].value == "全区，2026年5月"
    table = [[cell.value for cell in row] for row in book["PM2.5"].iter_rows()]
    assert table[1][0] == 35
    assert client.get("/boards/air/board.pdf").content.startswith(b"%PDF")
    picture = Image.open(BytesIO(client.get("/boards/air/board.png").content))
    assert (picture.format, picture.width < picture.height) == ("PNG", True)
    assert client.get("/boards/air/board.docx").status_code == 404


def test_only_listed_sites_frame_a_public_board_and_it_is_the_publics_without_cookies(
    client, as_user, staff, world, board
):
    hidden = make_indicator("hidden", title="内部的数", is_public=False)
    say(hidden, world.west_town, MAY, 77)
    Board.objects.update(
        blocks=[*board.blocks, {"kind": "figure", "title": "", "wide": False, "indicators": ["hidden"]}]
    )
    answer = as_user(staff).get("/boards/air/embed/?area=330203100&period=2026-05")
    page = answer.content.decode()
    assert "40<span" in page
    assert not any(word in page for word in ("内部的数", "<script", "<form", "csrf"))
    assert not answer.cookies
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    given = "www.example.gov.cn; script-src x *.example.org:8443 *"
    rules_begin({EMBED_HOSTS: given}, since=date(2020, 1, 1), reason="测试")
    policy = client.get("/boards/air/embed/")["Content-Security-Policy"]
    assert "frame-ancestors *.example.org:8443;" in f"{policy};"
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'none'" in client.get("/boards/air/")["Content-Security-Policy"]
    Board.objects.update(readers="inside")
    assert as_user(staff).get("/boards/air/embed/").status_code == 404


def test_another_districts_board_is_framed_with_its_own_values_and_leaves_no_cookie(
    client, as_user, admin_user, world, board, pm25
):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    say(pm25, Area.objects.create(code="330299100", name="甲镇", level="town", parent=second), MAY, 77, whole=30)
    Board.objects.update(area=second)
    Indicator.objects.update(department=None)  # a department of the first district keeps it there
    cache.clear()
    assert client.get("/boards/air/embed/?period=2026-05").status_code == 404
    answer = client.get("/boards/air/embed/?in-district=330299&period=2026-05")
    assert "77<span" in answer.content.decode().replace("\n", "")
    assert not answer.cookies
    assert "/boards/air/embed/?in-district=330299&" in as_user(admin_user).get("/boards/air/").content.decode()


def test_a_citys_value_has_its_name_on_the_page_of_the_indicator(client, world, staff, pm25):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Indicator.objects.update(department=None)
    say(pm25, city, MAY, 33, whole=30)
    cache.clear()
    page = client.get("/boards/indicators/pm25/")
    assert "宁波市" in [name for _row, name, *_rest in page.context["rows"]]


def test_an_earlier_version_is_shown_and_can_be_gone_back_to(as_user, staff, board):
    save_board(staff, "air", title="空气质量", readers="public", blocks=[{"kind": "text", "text": "只有文字"}])
    client = as_user(staff)
    shown = client.get("/boards/air/versions/?number=1").content.decode()
    assert "先看全区" in shown
    assert "edit/?from=1" in shown
    form = client.get("/boards/air/edit/?from=1").context["parts"]
    assert [part["kind"].value() for part in form][: len(BLOCKS)] == [block["kind"] for block in BLOCKS]
    for odd in ("9", "x", "9" * 40):
        assert client.get(f"/boards/air/versions/?number={odd}").status_code == 200
        assert len(client.get(f"/boards/air/edit/?from={odd}").context["parts"]) == 3


def test_nobody_has_more_boards_set_on_paper_than_a_minute_allows(client, board, monkeypatch):
    monkeypatch.setattr(SheetThrottle, "rate", "1/min", raising=False)
    assert client.get("/boards/air/board.pdf").status_code == 200
    refused = client.get("/boards/air/board.png")
    assert refused.status_code == 429 and refused["Retry-After"]
    assert client.get("/boards/air/board.xlsx").status_code == 200


def test_the_tiles_of_a_public_board_have_the_values_of_the_district_looked_at(world, pm25, board):
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    other = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    town = Area.objects.create(code="330299100", name="甲镇", level="town", parent=other)
    Board.objects.filter(pk=board.pk).update(area=city)
    Department.objects.filter(pk=world.ecology.pk).update(area=city)
    cache.clear()
    say(pm25, town, MAY, 900, whole=30)

    def values(code):
        reader = AnonymousUser()
        reader.choice = Choice(code)
        layer = layer_for_name("board_air", reader)
        rows = layer.visible_to(reader).filter(shown__isnull=False)
        return dict(rows.values_list("name", "shown"))

    assert values("330203") == {"西镇": 40, "东镇": 20}
    assert values("330299") == {"甲镇": 900}
    assert values("all") == {"西镇": 40, "东镇": 20, "甲镇": 900}


def features(answer):
    assert answer.status_code == 200
    (layer,) = mapbox_vector_tile.decode(answer.content).values()
    return {row["properties"]["name"]: row["properties"] for row in layer["features"]}


@pytest.mark.django_db(transaction=True)
def test_a_changed_value_is_in_the_next_tile_and_classes_stay_the_same_through_time(client, world, board):
    tile = "/tiles/board_air/10/857/422.mvt"
    now = features(client.get(tile))
    assert (now["西镇"]["value"], now["东镇"]["value"]) == (40, 20)
    before = features(client.get(f"{tile}?at=2025-05"))
    assert before["西镇"]["value"] == 30
    assert "value" not in before["东镇"]
    assert now["东镇"]["class"] < before["西镇"]["class"] < now["西镇"]["class"]
    Observation.objects.filter(area=world.east_town).update(value=25)
    assert features(client.get(tile))["东镇"]["value"] == 25


def test_the_editor_previews_saves_a_version_and_refuses_a_stale_form(as_user, staff, officer, board):
    form = {
        "version": 1, "title": "空气质量", "about": "", "readers": "staff",
        "blocks-TOTAL_FORMS": 2, "blocks-INITIAL_FORMS": 0,
        "blocks-0-place": 2, "blocks-0-kind": "text", "blocks-0-text": "说明文字",
        "blocks-1-place": 1, "blocks-1-kind": "figure", "blocks-1-indicators": ["pm25"],
    }  # fmt: skip
    client = as_user(staff)
    shown = client.post("/boards/air/edit/", form | {"preview": "1"})
    assert "预览（还没有保存）" in shown.content.decode()
    assert Board.objects.get().version == 1
    assert client.post("/boards/air/edit/", form).status_code == 302
    saved = Board.objects.get()
    assert [block["kind"] for block in saved.blocks] == ["figure", "text"]
    assert [one.title for one in BoardVersion.objects.all()] == ["空气质量", "空气"]
    assert client.post("/boards/air/edit/", form).status_code == 409
    assert client.post("/boards/air/edit/", form | {"version": 2, "blocks-1-indicators": []}).status_code == 400
    assert as_user(officer).post("/boards/air/edit/", form).status_code == 404


def test_only_the_districts_staff_make_boards(world, staff, officer, deputy, pm25):
    for stranger in (officer, deputy, person("town-staff", Role.STAFF, area=world.west_town), None):
        with pytest.raises(NotPermitted):
            save_board(stranger, "air", title="空气", period_kind="month", blocks=[])
        with pytest.raises(NotPermitted):
            install(stranger, "ecology")
    with pytest.raises(BadInput):
        save_board(staff, "warnings", title="空气", period_kind="month", blocks=[])
    for blocks in (
        "x",
        [{}],
        [{"kind": "map"}],
        [{"kind": "bars", "indicators": ["none"]}],
        [{"kind": "text", "text": "a"}] * 25,
    ):
        with pytest.raises(BadInput):
            save_board(staff, "air", title="空气", period_kind="month", blocks=blocks)
    save_board(staff, "air", title="空气", period_kind="month", blocks=[])
    with pytest.raises(StaleEdit):
        save_board(staff, "air", title="空气", blocks=[], version=9)


def test_every_template_can_be_set_up_and_opened_by_its_readers(world, as_user, staff):
    more_towns(world)
    client = as_user(staff)
    for slug in templates():
        assert client.post("/boards/new/", {"template": slug}).status_code == 302
        assert client.get(f"/boards/{slug}/").status_code == 200
    assert Board.objects.count() == len(templates()) == 17
    assert not WarningRule.objects.filter(is_on=True).exists()
    assert client.get("/boards/").status_code == client.get("/boards/rules/").status_code == 200
    with pytest.raises(BadInput, match="已经建好"):
        install(staff, "ecology")


def load(staff, tmp_path, text, *, dry_run=False):
    path = tmp_path / "values.csv"
    path.write_text(text, encoding="utf-8")
    dataset = declared()["observations"]
    return load_rows(staff, dataset, read_file(dataset, path.name, path), dry_run=dry_run)


@pytest.mark.parametrize(
    "text",
    [
        "指标,区域,期间,数值,分母\npm25,西镇,2026-03,31,9\npm25,330203100,2026年4月,32,9\n",
        "指标,区域,2026-03,2026年4月,分母\nPM2.5,西镇,31,32,9\n",
        "区域,期间,PM2.5,分母\n西镇,2026-03,31,9\n西镇,2026-04,32,9\n",
    ],
)
def test_long_sheets_and_both_wide_ones_are_read_alike_and_can_be_taken_back(world, staff, pm25, tmp_path, text):
    mine = Observation.objects.filter(area=world.west_town, period__in=[date(2026, 3, 1), date(2026, 4, 1)])
    assert load(staff, tmp_path, text, dry_run=True).counts["stored"] == 2
    assert not mine.exists()
    answer = load(staff, tmp_path, text)
    assert sorted(mine.values_list("value", flat=True)) == [31, 32]
    undo(staff, answer.load.pk)
    assert list(mine.values_list("value", flat=True)) == [None, None]
    assert sorted(EarlierValue.objects.values_list("value", flat=True)) == [31, 32]


def test_the_same_sheet_again_says_the_same_whatever_digits_a_number_has(world, staff, pm25, tmp_path):
    text = "指标,区域,期间,数值,分母\npm25,西镇,2026-03,33.33333333333333,9\n"
    assert load(staff, tmp_path, text).counts["stored"] == 1
    again = load(staff, tmp_path, text)
    assert (again.counts["refused"], EarlierValue.objects.count()) == (0, 0)


def test_a_second_sheet_for_the_same_cells_says_what_differs_and_needs_a_reason(world, staff, pm25, tmp_path):
    head = "指标,区域,期间,数值,理由\n"
    answer = load(staff, tmp_path, f"{head}pm25,西镇,2026-05,41,\npm25,没有镇,2026-05,41,\npm25,东镇,2026-05,20,\n")
    assert answer.counts["refused"] == 2
    codes = [outcome.errors[0].code for outcome in answer.outcomes if outcome.errors]
    assert codes == ["reason-missing", "unknown"]
    answer = load(staff, tmp_path, f"{head}pm25,西镇,2026-05,41,补报\n")
    assert answer.counts["changed"] == 1
    row = Observation.objects.get(area=world.west_town, period=MAY)
    assert (row.value, row.plan, row.whole, row.reason) == (41, 35, 30, "补报")


@pytest.mark.parametrize("save", ["indicator", "rule", "board"])
def test_a_code_that_is_no_code_is_refused_in_words(save, staff, pm25):
    condition = {"indicator": "pm25", "kind": "limit", "beyond": "above", "value": 35}
    with pytest.raises(BadInput) as refused:
        if save == "indicator":
            save_indicator(staff, "\ufffd\ufffd", {"title": "空气"})
        elif save == "rule":
            save_rule(staff, "\ufffd\ufffd", title="空气", conditions=[condition])
        else:
            save_board(staff, "\ufffd\ufffd", title="空气", period_kind="month", blocks=[])
    assert {error.field for error in refused.value.errors} & {"code", "slug"}
