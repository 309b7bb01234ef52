"""A vote from its call to a count that anybody has checked."""

import hashlib
import re
from datetime import datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

OTHERS = """
from accounts.models import User
from projects.models import VoteSession
from projects.voting.services import cast_ballot
session = VoteSession.objects.get(pk={pk})
with_account = session.electors.filter(deputy__isnull=False)
for number, elector in enumerate(with_account.exclude(deputy__username="deputy").order_by("pk")):
    cast_ballot(session.pk, elector.deputy, [1] if number % 3 else [2])
"""
CALL = """
from datetime import datetime
from accounts.models import Area, User
from projects.models import Project
from projects.voting.services import Terms, call_vote
terms = Terms("追加项目票决", {year}, Area.objects.get(code="330203"), 1,
              datetime.fromisoformat("{opens}"), datetime.fromisoformat("{closes}"))
call_vote(terms, list(Project.objects.filter(pk__in={mine}).order_by("pk")), User.objects.get(username="staff"))
"""
SECOND_TELLER = """
from accounts.models import User
from projects.voting.paper import enter_sheet
enter_sheet({pk}, User.objects.get(username="admin"), {papers}, {{1: {papers}, 2: 0}})
"""


def _sign_out(page):
    page.context.clear_cookies()


def _mailed_code(site):
    """Read the code in the newest mail that has one."""
    folder = Path(site.environ["VAR_DIR"]) / "mail"
    for file in sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime_ns, reverse=True):
        words = BytesParser(policy=default).parsebytes(file.read_bytes()).get_content()
        if found := re.search(r"验证码是 (\d{6})", words):
            return found[1]
    raise AssertionError("no mail with a code")


def _candidate(page, sql, name):
    page.goto("/projects/candidates/new/")
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("类别").select_option("elderly")
    page.get_by_label("牵头单位").select_option(index=3)
    page.get_by_label("计划投资（万元）").fill("80")
    page.get_by_label("计划开工").fill("2027-03-01")
    page.get_by_label("计划完成").fill("2027-12-01")
    page.get_by_label("镇街").select_option(label="集士港镇")
    page.get_by_label("依据").fill("区政府初定")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#panel h1")).to_have_text(name)
    ((pk,),) = sql("SELECT id FROM projects_project WHERE name = %s", name)
    return pk


def test_a_vote_is_called_cast_counted_and_checked(page, sign_in, site, sql, tmp_path):
    sign_in("staff")
    # Of its own: the demo's candidates are what other tests look at.
    mine = [_candidate(page, sql, name) for name in ("卖面桥社区食堂", "卖面桥社区书屋")]
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    page.goto("/projects/votes/new/")
    page.get_by_label("名称", exact=True).fill("追加项目票决")
    for pk in mine:
        page.locator(f"input[name=projects][value='{pk}']").check()
    page.get_by_label("应选项目数").fill("1")
    page.get_by_label("开始时间").fill(f"{now + timedelta(days=1):%Y-%m-%dT%H:%M}")
    page.get_by_label("截止时间").fill(f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="保存草案").click()
    page.get_by_role("button", name="送审", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("您写过这份草案，不能审核它")
    expect(page.get_by_role("button", name="审核同意并安排")).to_have_count(0)

    # A vote that opens at once, so that nobody waits for a day here.
    opens, closes = now - timedelta(minutes=2), now + timedelta(hours=2)
    called = site.manage("shell", "-c", CALL.format(year=now.year, opens=opens, closes=closes, mine=mine))
    assert called.returncode == 0, called.stderr
    ((pk,),) = sql("SELECT id FROM projects_votesession WHERE title = '追加项目票决'")

    _sign_out(page)
    sign_in("deputy")
    page.goto(f"/projects/votes/{pk}/")
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator("body")).to_contain_text("验证码已发到 d***@example.org")
    page.locator("#choice-1").check()
    page.get_by_label("验证码", exact=True).fill(_mailed_code(site))
    page.get_by_role("button", name="投票", exact=True).click()
    receipt = page.locator(".receipt code").inner_text()
    page.goto(f"/projects/votes/{pk}/")
    expect(page.locator("#panel")).to_contain_text("您已经投票")
    expect(page.locator("#panel")).not_to_contain_text(receipt)
    done = site.manage("shell", "-c", OTHERS.format(pk=pk))
    assert done.returncode == 0, done.stderr

    _sign_out(page)
    sign_in("staff")
    page.goto(f"/projects/votes/{pk}/")
    expect(page.locator("#panel")).to_contain_text("只靠网上投票达不到法定人数")
    page.goto(f"/projects/votes/{pk}/tick/")
    boxes = page.locator("input[name=electors]")
    papers = boxes.count()
    assert papers > 180  # who has no account votes in the hall
    boxes.evaluate_all("found => found.forEach(box => { box.checked = true })")
    page.get_by_role("button", name="记下并发票").click()
    expect(page.locator("#panel")).to_contain_text("名册上的代表都已投票")
    page.goto(f"/projects/votes/{pk}/hall/")
    page.get_by_label("收回的选票").fill(str(papers))
    page.locator("#id_votes_1").fill(str(papers))
    page.locator("#id_votes_2").fill("0")
    page.get_by_role("button", name="录入").click()
    expect(page.locator("#panel")).to_contain_text("等另一位计票人录入")
    agreed = site.manage("shell", "-c", SECOND_TELLER.format(pk=pk, papers=papers))
    assert agreed.returncode == 0, agreed.stderr
    page.goto(f"/projects/votes/{pk}/")
    page.get_by_role("button", name="计票并公布").click()
    expect(page.locator("#panel")).to_contain_text("1 个项目当选")

    _sign_out(page)
    page.goto(f"/projects/votes/{pk}/")
    expect(page.get_by_role("row", name=receipt)).to_contain_text("1")
    with page.expect_download() as download:
        page.get_by_role("link", name="全部选票").click()
    download.value.save_as(tmp_path / "ballots.csv")
    (tmp_path / "result.json").write_text(page.request.get(f"/projects/votes/{pk}/result.json").text())
    lines = (tmp_path / "ballots.csv").read_bytes().partition(b"\n")[2]
    expect(page.locator(".digest")).to_have_text(hashlib.sha256(lines).hexdigest())
    checked = site.manage("recount_vote", str(tmp_path / "ballots.csv"), str(tmp_path / "result.json"))
    assert checked.returncode == 0, checked.stderr
    sound = site.manage("verify_chain")
    assert sound.returncode == 0, sound.stderr
