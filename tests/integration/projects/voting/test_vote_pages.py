"""The vote in a browser without JavaScript: call, ballot, receipt, count, and the check by anybody."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from projects.models import Project, Turnout, UrnBallot, VoteDraft, VoteSession
from projects.voting.services import cast_ballot, close_vote


def _address(session: VoteSession, rest: str = "") -> str:
    return f"/projects/votes/{session.pk}/{rest}"


def test_staff_call_a_vote_by_the_form_and_everybody_reads_it(
    candidates: list[Project], deputies: list[User], staff: User, admin_user: User, as_user: Callable, world
) -> None:
    local = timezone.localtime()
    form = {
        "title": "2027年票决",
        "year": 2027,
        "area": world.district.pk,
        "projects": [project.pk for project in candidates],
        "places": 2,
        "opens_at": f"{local:%Y-%m-%dT%H:%M}",
        "closes_at": f"{local + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "quorum": "half",
        "majority": "of-all",
        "tie": "runoff",
    }
    form["opens_at"] = f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}"
    offered = as_user(staff).get("/projects/votes/new/").context["form"]["projects"]
    assert all(box.data["selected"] for box in offered.subwidgets) and len(offered.subwidgets) == len(candidates)
    draft = as_user(staff).post("/projects/votes/new/", form)["Location"]
    assert not VoteSession.objects.exists()
    assert as_user(staff).post(f"{draft}send/", {"version": 1}).status_code == 302
    at_once = as_user(staff).post("/projects/votes/new/", form | {"send": "1"})["Location"]
    assert as_user(admin_user).get(at_once).context["draft"].state == "review"
    answer = as_user(admin_user).post(f"{draft}approve/", {"version": 2})
    assert as_user(staff).get("/projects/votes/new/").context["form"]["projects"].subwidgets == []
    session = VoteSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, session.get_absolute_url())
    VoteSession.objects.update(opens_at=local)
    page = as_user(None).get(_address(session)).content.decode()
    assert all(words in page for words in ("候选项目4", "应选 2 个", "正在投票", "至少 3 票", "0 / 5 名代表已投票"))
    assert 'name="choices"' not in page


def test_a_call_with_too_few_candidates_says_so_beside_the_field(
    candidates: list[Project], deputies: list[User], staff: User, as_user: Callable, world
) -> None:
    answer = as_user(staff).post("/projects/votes/new/", {"projects": [candidates[0].pk], "places": 2})
    assert answer.status_code == 400
    assert not VoteSession.objects.exists()


def test_a_deputy_votes_and_gets_a_receipt_once(
    session: VoteSession, deputy: User, as_user: Callable, mailoutbox: list
) -> None:
    client = as_user(deputy)
    page = client.get(_address(session)).content.decode()
    assert 'name="choices"' in page
    assert "z***@example.org" in page
    client.post(_address(session, "code/"))
    code = re.search(r"\d{6}", mailoutbox[-1].body)[0]
    answer = client.post(_address(session, "cast/"), {"choices": ["1", "3"], "code": code})
    receipt = UrnBallot.objects.get().pk
    assert receipt in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    page = client.get(_address(session)).content.decode()
    assert "您已经投票" in page
    assert receipt not in page
    again = client.post(_address(session, "cast/"), {"choices": ["2"], "code": code})
    assert again.status_code == 400
    assert "请先获取验证码" in again.content.decode()
    assert "每人只投一次" in client.post(_address(session, "code/"), follow=True).content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "请选择项目；一个都不赞成"),
        ({"choices": ["1"], "blank": "on"}, "不要再勾"),
        ({"choices": ["1", "2", "3"]}, "最多选 2 个项目，您选了 3 个"),
        ({"choices": ["1"], "code": "000000"}, "验证码不对"),
        ({"choices": ["9"]}, "不在候选名单里的序号"),
    ],
)
def test_a_ballot_that_is_not_clear_comes_back_with_what_was_ticked(
    form: dict, words: str, session: VoteSession, deputy: User, as_user: Callable, code_of: Callable
) -> None:
    code = code_of(session, deputy)
    while code == "000000":
        code = code_of(session, deputy)
    answer = as_user(deputy).post(_address(session, "cast/"), {"code": code} | form)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert page.count(" checked") == len([n for n in form.get("choices", []) if n != "9"])
    assert not Turnout.objects.exists()


def test_who_is_no_elector_sees_no_ballot_and_cannot_send_one(
    session: VoteSession, officer: User, staff: User, as_user: Callable
) -> None:
    for person in (officer, staff):
        client = as_user(person)
        assert 'name="choices"' not in client.get(_address(session)).content.decode()
        assert client.post(_address(session, "cast/"), {"choices": ["1"]}).status_code == 404
    late = User.objects.create_user(username="late", password="x", role="deputy")
    assert as_user(late).post(_address(session, "cast/"), {"choices": ["1"]}).status_code == 403
    assert as_user(None).post(_address(session, "cast/"), {"choices": ["1"]}).status_code == 302
    assert not UrnBallot.objects.exists()


def test_a_forged_form_from_elsewhere_is_refused(session: VoteSession, deputy: User) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(deputy, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(_address(session, "cast/"), {"choices": ["1"]}).status_code == 403
    assert not UrnBallot.objects.exists()


def test_nothing_of_the_urn_can_be_downloaded_before_the_count(
    session: VoteSession, deputy: User, staff: User, as_user: Callable
) -> None:
    cast_ballot(session.pk, deputy, [1])
    for person in (None, staff):
        assert as_user(person).get(_address(session, "ballots.csv")).status_code == 404
        assert as_user(person).get(_address(session, "result.json")).status_code == 404


def test_only_staff_count(session: VoteSession, deputies: list[User], staff: User, as_user: Callable) -> None:
    for person in deputies:
        cast_ballot(session.pk, person, [1, 2])
    assert as_user(deputies[0]).post(_address(session, "count/")).status_code == 404
    assert as_user(staff).post(_address(session, "count/")).status_code == 302
    page = as_user(None).get(_address(session)).content.decode()
    assert all(words in page for words in ("2 个项目当选", "5 / 5 票", "应到代表 5 人，收到选票 5 张"))


def test_anybody_can_check_the_count_by_digest_by_hand_and_by_command(
    session: VoteSession, deputies: list[User], as_user: Callable, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    papers = [(1, 3), (1, 3), (1,), (2,), ()]
    receipts = [cast_ballot(session.pk, who, paper) for who, paper in zip(deputies, papers, strict=True)]
    result = close_vote(session.pk)
    ballots = as_user(None).get(_address(session, "ballots.csv")).content
    head, _, lines = ballots.partition(b"\n")
    assert hashlib.sha256(lines).hexdigest() == result.digest
    rows = {row["receipt"]: row["approved"] for row in csv.DictReader(io.StringIO(ballots.decode()))}
    assert rows[receipts[0]] == "1 3"
    assert sum("1" in row.split() for row in rows.values()) == result.votes["1"] == 3
    (tmp_path / "b.csv").write_bytes(ballots)
    (tmp_path / "r.json").write_bytes(as_user(None).get(_address(session, "result.json")).content)
    call_command("recount_vote", str(tmp_path / "b.csv"), str(tmp_path / "r.json"), "--json")
    assert json.loads(capsys.readouterr().out)["status"] == "agrees"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace(",1 3", ",2 3", 1), "sha256、votes"),
        (lambda text: text.rstrip("\n").rpartition("\n")[0] + "\n", "cast"),
        (lambda text: text.replace(",1 3", ",1 2 3", 1), "spoilt"),
        (lambda text: text + text.splitlines()[1] + "\n", "重复"),
        (lambda text: "nonsense", "首行"),
        (lambda text: text.replace(",1 3", ",99", 1), "认不出"),
    ],
)
def test_a_recount_names_what_does_not_agree(
    change: Callable[[str], str],
    reason: str,
    session: VoteSession,
    deputies: list[User],
    as_user: Callable,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    for who in deputies:
        cast_ballot(session.pk, who, (1, 3))
    close_vote(session.pk)
    ballots = as_user(None).get(_address(session, "ballots.csv")).content.decode()
    (tmp_path / "b.csv").write_text(change(ballots))
    (tmp_path / "r.json").write_bytes(as_user(None).get(_address(session, "result.json")).content)
    with pytest.raises(SystemExit) as left:
        call_command("recount_vote", str(tmp_path / "b.csv"), str(tmp_path / "r.json"))
    assert left.value.code == 2
    assert reason in capsys.readouterr().err


def _typed(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_a_runoff_is_drafted_on_the_page_of_the_tie_and_called_by_a_second_person(
    session: VoteSession, deputies: list[User], staff: User, second: User, as_user: Callable
) -> None:
    for who, paper in zip(deputies, [(1, 2), (1, 2), (1, 3), (2, 3), (1, 3)], strict=True):
        cast_ballot(session.pk, who, paper)
    close_vote(session.pk)
    client, local = as_user(staff), timezone.localtime()
    assert "安排再次票决" in client.get(_address(session)).content.decode()
    wrong = client.post(_address(session, "runoff/"), {"opens_at": "", "closes_at": "morgen"})
    assert wrong.status_code == 400
    times = {"opens_at": _typed(local + timedelta(hours=1)), "closes_at": _typed(local + timedelta(hours=2))}
    answer = client.post(_address(session, "runoff/"), times)
    draft = VoteDraft.objects.get(runoff_of=session)
    assert (answer["Location"], draft.state) == (draft.get_absolute_url(), "draft")
    assert not VoteSession.objects.filter(runoff_of=session).exists()
    page = client.get(_address(session)).text
    assert draft.get_absolute_url() in page
    assert _address(session, "runoff/") not in page  # one draft at a time
    assert draft.title not in as_user(None).get(_address(session)).text
    later = times | {"closes_at": _typed(local + timedelta(hours=3)), "version": draft.version, "send": "1"}
    forged = later | {"title": "另一次", "places": 9, "projects": [], "area": 1}
    assert client.post(f"{draft.get_absolute_url()}change/", forged).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.places, draft.candidates) == ("review", 1, ["C-2", "C-3"])
    assert draft.closes_at - draft.opens_at == timedelta(hours=2)
    approve = f"{draft.get_absolute_url()}approve/"
    assert client.post(approve, {"version": draft.version}).status_code == 403
    answer = as_user(second).post(approve, {"version": draft.version})
    runoff = VoteSession.objects.get(runoff_of=session)
    assert answer["Location"] == runoff.get_absolute_url()
    assert "再次票决" in as_user(None).get(_address(session)).content.decode()
