"""A citizen: place, photo, words -> private link -> answer -> rating; without signal, too. No account anywhere."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import photo
from tests.e2e.test_everybody_can_use_the_pages import SIZES, violations

PLACE = {"longitude": 121.5495, "latitude": 29.8745}
LINK = re.compile(r"/my/[\w-]{43}/\?new=1")
STAFF_PAGES = ["/matters/received/", "/matters/{number}/publish/", "/matters/cover/{photo}/"]
SECRET = "demo-toilet-".ljust(43, "0")


@pytest.fixture
def on_the_street(context, page):
    """A phone that knows where it is."""
    context.grant_permissions(["geolocation"])
    context.set_geolocation(PLACE)
    page.set_viewport_size(SIZES["phone"])
    return page


def fill(page, folder: Path, text: str) -> None:
    page.goto("/report/")
    page.get_by_role("button", name="用我的位置").click()
    expect(page.locator("input[name=lat]")).not_to_have_value("")
    page.locator("input[name=photos]").set_input_files(photo(folder / "街边.jpg"))
    page.locator("[data-kinds-find]").fill("垃圾桶满了")
    expect(page.locator("input[name=kind][value=street-light]")).to_be_hidden()
    page.locator("input[name=kind][value=garbage]").check()
    page.locator("textarea[name=text]").fill(text)


def send(page) -> None:
    page.locator("form[data-outbox-form] button.btn--primary").click()


def test_from_the_phone_to_the_answer_and_the_rating(on_the_street, tmp_path, sql, site):
    page = on_the_street
    fill(page, tmp_path, "路边垃圾桶满了，三天没有清。")
    send(page)
    page.wait_for_url(LINK)
    private = page.url.partition("?")[0]
    expect(page.locator("#own-link")).to_have_value(private)
    expect(page.get_by_role("button", name="复制链接")).to_be_visible()
    row = sql(
        "SELECT s.id, s.number, s.state, f.reporter_id, (SELECT count(*) FROM supervision_findingphoto p"
        " WHERE p.finding_id = f.id) FROM supervision_suggestion s JOIN supervision_finding f ON f.id = s.finding_id"
        " ORDER BY s.id DESC LIMIT 1"
    )[0]
    assert row[2:] == ("received", None, 1)
    answer = (
        "from accounts.models import Department, User; from supervision.matters import services as s;"
        "from supervision.models import Suggestion as S; staff = User.objects.get(username='staff');"
        f"m = s.accept(staff, {row[0]}, version=1);"
        "m = m if m.department else s.assign(staff, m.pk, version=m.version,"
        " department=Department.objects.get(code='water'));"
        "o = User.objects.filter(role='officer', department=m.department).first();"
        "s.reply(o, m.pk, version=m.version, text='已清运，每日两次', result='A')"
    )
    done = site.manage("shell", "-c", answer)
    assert done.returncode == 0, done.stderr

    page.goto(private)
    expect(page.locator("#panel")).to_contain_text("已清运，每日两次")
    page.locator("select[name=handling]").select_option("satisfied")
    page.locator("select[name=outcome]").select_option("satisfied")
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#panel")).to_contain_text("已经办结")
    assert sql("SELECT state FROM supervision_suggestion WHERE id = %s", row[0]) == [("closed",)]


def test_without_signal_it_waits_on_the_phone_whole_and_is_sent_once(on_the_street, context, tmp_path, sql):
    page = on_the_street
    fill(page, tmp_path, "没有信号的地方有一处塌陷。")
    before = sql("SELECT count(*) FROM supervision_finding")[0][0]
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-outbox]")).to_contain_text("等待发送，1 张照片")
    assert sql("SELECT count(*) FROM supervision_finding")[0][0] == before

    context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_contain_text("已送达，编号")
    stored = sql(
        "SELECT text, (SELECT count(*) FROM supervision_findingphoto p WHERE p.finding_id = f.id)"
        " FROM supervision_finding f ORDER BY id DESC LIMIT 1"
    )
    assert stored == [("没有信号的地方有一处塌陷。", 1)]
    assert sql("SELECT count(*) FROM supervision_finding")[0][0] == before + 1
    page.get_by_role("link", name="查看进展").click()
    page.wait_for_url(LINK)
    expect(page.locator("#panel")).to_contain_text("正在审核")


def test_a_guessed_link_is_a_missing_page(page):
    assert page.goto(f"/my/{'x' * 43}/").status == 404


def test_staff_cover_a_face_by_dragging_a_box(page, sign_in, sql):
    sign_in("staff")
    photo_id = sql(
        "SELECT p.id FROM supervision_findingphoto p JOIN supervision_suggestion s ON s.finding_id = p.finding_id"
        " WHERE s.is_public ORDER BY p.id LIMIT 1"
    )[0][0]
    page.goto(f"/matters/cover/{photo_id}/")
    stage = page.locator("[data-cover-stage]")
    box = stage.bounding_box()
    rows = page.locator("[data-box] input[name=width]")
    filled = sum(1 for value in rows.evaluate_all("rows => rows.map((row) => row.value)") if value)
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(rows.nth(filled)).not_to_have_value("")
    page.get_by_role("button", name="生成公开照片").click()
    page.wait_for_url("**/publish/")
    stored = sql("SELECT jsonb_array_length(boxes) FROM supervision_publishedphoto WHERE photo_id = %s", photo_id)
    assert stored == [(filled + 1,)]


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_reporting_have_no_barriers(page, sql, sign_in, size):
    page.set_viewport_size(SIZES[size])
    number = sql("SELECT number FROM supervision_suggestion WHERE is_public ORDER BY id LIMIT 1")[0][0]
    public = ["/report/", "/report/offline/", "/matters/", f"/matters/{number}/", f"/my/{SECRET}/?new=1"]
    found = [violations(page, address) for address in public]
    sign_in("deputy")
    found.append(violations(page, "/matters/unadopted/"))
    page.context.clear_cookies()
    sign_in("staff")
    photo_id = sql("SELECT photo_id FROM supervision_publishedphoto ORDER BY id LIMIT 1")[0][0]
    found += [violations(page, address.format(number=number, photo=photo_id)) for address in STAFF_PAGES]
    assert [entry for entry in found if entry] == []
