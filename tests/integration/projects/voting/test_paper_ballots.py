"""Votes on paper: by name handed out, by two tellers read, among the others counted."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import Role, User
from accounts.notices.delivery import deliver_due
from geokit.refusal import BadInput, NotPermitted
from ledger import chain
from ledger.models import AuditEntry
from projects.jobs import run_votes
from projects.models import Ballot, PaperEntry, Turnout, VoteCount, VoteSession
from projects.voting.paper import enter_papers, issue_paper
from projects.voting.services import cast_ballot, close_vote
from tests.data.cast import person


@pytest.fixture
def teller(world: object) -> User:
    return person("teller", Role.STAFF)


@pytest.fixture
def issued(session: VoteSession, deputies: list[User], staff: User) -> VoteSession:
    """Two electors vote here, three have got paper."""
    for deputy in deputies[:2]:
        cast_ballot(session.pk, deputy, [1])
    for elector in session.electors.filter(turnout=None):
        issue_paper(session.pk, elector.pk, staff)
    return session


def _refusal(work: Callable, *given: object) -> str:
    with pytest.raises((BadInput, NotPermitted)) as caught:
        work(*given)
    return caught.value.code


def test_papers_that_two_tellers_read_the_same_are_counted_among_the_others(
    issued: VoteSession, staff: User, teller: User
) -> None:
    assert _refusal(close_vote, issued.pk) == "papers-not-agreed"
    enter_papers(issued.pk, staff, "1 2\n0\n2,3\n")
    assert _refusal(close_vote, issued.pk) == "papers-not-agreed"
    enter_papers(issued.pk, teller, "3、2\n\n2 1\n0\n")
    result = close_vote(issued.pk)
    assert (result.electors, result.cast, result.votes) == (5, 5, {"1": 3, "2": 2, "3": 1, "4": 0})
    assert list(Ballot.objects.order_by("pk").values_list("receipt", flat=True)) == sorted(
        Ballot.objects.values_list("receipt", flat=True)
    )
    assert chain.verify().faults == ()


def test_one_teller_alone_or_two_who_differ_count_nothing(issued: VoteSession, staff: User, teller: User) -> None:
    enter_papers(issued.pk, staff, "1\n1\n1")
    enter_papers(issued.pk, staff, "1\n1\n1")
    assert _refusal(close_vote, issued.pk) == "papers-not-agreed"
    enter_papers(issued.pk, teller, "1\n1\n2")
    assert _refusal(close_vote, issued.pk) == "papers-not-agreed"
    assert not VoteCount.objects.exists()
    enter_papers(issued.pk, teller, "1\n1\n1")
    assert close_vote(issued.pk).votes["1"] == 5
    assert PaperEntry.objects.count() == 4


def test_more_papers_than_were_given_out_are_refused_and_fewer_are_what_came_back(
    issued: VoteSession, staff: User, teller: User
) -> None:
    assert _refusal(enter_papers, issued.pk, staff, "1\n1\n1\n1") == "too-many-papers"
    for who in (staff, teller):
        enter_papers(issued.pk, who, "1\n2")
    assert close_vote(issued.pk).cast == 4


def test_more_lines_than_papers_are_refused_before_any_line_is_looked_up(
    issued: VoteSession, staff: User, django_assert_max_num_queries: Callable
) -> None:
    with django_assert_max_num_queries(12):
        assert _refusal(enter_papers, issued.pk, staff, "1\n" * 50_000) == "too-many-papers"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1 2 3", "too-many"),
        ("9", "unknown-candidate"),
        ("eins", "not-numbers"),
        ("-1", "not-numbers"),
        ("1a", "not-numbers"),
    ],
)
def test_a_paper_that_cannot_be_is_named_by_its_line(line: str, code: str, issued: VoteSession, staff: User) -> None:
    with pytest.raises(BadInput) as caught:
        enter_papers(issued.pk, staff, f"1\n{line}")
    assert caught.value.code == code
    assert "第 2 行" in caught.value.message


def test_who_got_paper_votes_on_paper_alone_and_is_told(
    session: VoteSession, deputy: User, deputies: list[User], staff: User, mailoutbox: list
) -> None:
    elector = session.electors.get(deputy=deputy)
    issue_paper(session.pk, elector.pk, staff)
    assert _refusal(cast_ballot, session.pk, deputy, [1]) == "voted-already"
    assert _refusal(issue_paper, session.pk, elector.pk, staff) == "voted-already"
    deliver_due()
    assert [mail.to for mail in mailoutbox if "纸质选票" in mail.subject] == [["zhang@example.org"]]
    assert AuditEntry.objects.filter(verb="issue_paper_ballot", actor=staff).count() == 1


def test_who_is_frozen_votes_on_paper(session: VoteSession, deputy: User, staff: User) -> None:
    User.objects.filter(pk=deputy.pk).update(email="elsewhere@example.org")
    issue_paper(session.pk, session.electors.get(deputy=deputy).pk, staff)
    assert Turnout.objects.get().on_paper


def test_papers_are_read_after_the_end_and_before_the_count(
    session: VoteSession, deputy: User, staff: User, now: datetime
) -> None:
    issue_paper(session.pk, session.electors.get(deputy=deputy).pk, staff)
    assert _refusal(enter_papers, session.pk, staff, "1") == "not-over"
    assert enter_papers(session.pk, staff, "1", session.closes_at).choices == [[1]]


def test_no_towns_staff_deputy_or_officer_is_a_teller(
    issued: VoteSession, officer: User, deputy: User, world: object
) -> None:
    towns = person("towns", Role.STAFF, area=world.west_town)
    for who in (officer, deputy, towns):
        assert _refusal(enter_papers, issued.pk, who, "1") == "not-permitted"
        assert _refusal(issue_paper, issued.pk, issued.electors.first().pk, who) == "not-permitted"


def test_the_clock_waits_for_the_tellers_and_counts_the_other_votes(
    issued: VoteSession, staff: User, teller: User
) -> None:
    late = issued.closes_at
    assert run_votes(late)["counted"] == 0
    for who in (staff, teller):
        enter_papers(issued.pk, who, "1\n1\n0")
    assert run_votes(late)["counted"] == 1


def test_tellers_use_the_page_and_do_not_see_what_the_other_read(
    issued: VoteSession, staff: User, teller: User, as_user: Callable
) -> None:
    address = f"/projects/votes/{issued.pk}/papers/"
    assert as_user(staff).post(address, {"papers": "4 3\n0\n1"}).status_code == 302
    page = as_user(teller).get(address)
    assert "等另一位计票人录入" in page.content.decode()
    assert "4 3" not in page.content.decode()
    wrong = as_user(teller).post(address, {"papers": "7"})
    assert wrong.status_code == 400
    assert "第 1 行" in wrong.content.decode()
    as_user(teller).post(address, {"papers": "1\n3 4\n0"})
    assert "各位计票人录入一致" in as_user(teller).get(address).content.decode()
