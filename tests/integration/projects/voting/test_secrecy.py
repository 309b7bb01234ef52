"""That nothing in the database leads from an elector to her ballot, and that two ballots at once are one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import Notice, User
from geokit.refusal import Refusal
from ledger import chain
from ledger.models import AuditEntry, ChainLink
from projects.models import Ballot, BallotCode, Elector, HallSheet, PaperEntry, Turnout, UrnBallot, VoteSession
from projects.voting.codes import vote
from projects.voting.services import cast_ballot, close_vote
from tests import roles


def _tables_with(text: str) -> set[str]:
    """Return every table of the database that holds `text` in any column of any row."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name} t WHERE t::text LIKE %s)", [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_a_receipt_is_in_the_urn_alone_and_after_the_count_in_the_published_ballots_alone(
    session: VoteSession, deputies: list[User]
) -> None:
    receipts = [cast_ballot(session.pk, person, [1]) for person in deputies]
    assert all(_tables_with(receipt) == {"projects_urnballot"} for receipt in receipts)
    close_vote(session.pk)
    chain.settle()
    for receipt in receipts:
        assert _tables_with(receipt) == {"projects_ballot", "accounts_chainlink"}
        assert ChainLink.objects.filter(content__contains=receipt).values_list("table_name").get() == (
            "projects_ballot",
        )


def test_ballots_have_no_column_that_leads_to_a_person_or_a_time() -> None:
    columns = {field.name for model in (UrnBallot, Ballot) for field in model._meta.get_fields()}
    assert columns == {"id", "session", "receipt", "choices"}
    leading_there = {field.name for model in (Elector, Turnout) for field in model._meta.get_fields()}
    of_the_roll = {"id", "session", "deputy", "turnout", "elector", "cast_at", "last_change", "code", "confirmations"}
    assert leading_there == of_the_roll | {"on_paper", "membership", "is_struck", "factor", "is_known"}
    sheet = {"id", "session", "teller", "papers", "votes", "at"}
    assert {field.name for field in HallSheet._meta.get_fields()} == sheet
    assert {field.name for field in PaperEntry._meta.get_fields()} == {"id", "session", "teller", "choices", "at"}


@pytest.mark.django_db(transaction=True)
def test_ballots_in_the_urn_bear_one_transaction_and_an_order_of_codes_not_of_votes(
    session: VoteSession, deputies: list[User]
) -> None:
    receipts = [cast_ballot(session.pk, person, [1 + n % 4]) for n, person in enumerate(deputies)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT receipt, xmin::text FROM projects_urnballot ORDER BY ctid")
        rows = cursor.fetchall()
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM projects_turnout")
        turnouts = cursor.fetchone()[0]
    assert [receipt for receipt, _writer in rows] == sorted(receipts)
    assert len({writer for _receipt, writer in rows}) == 1
    assert turnouts == 5


def test_published_ballots_are_numbered_by_code_not_by_time(session: VoteSession, deputies: list[User]) -> None:
    receipts = [cast_ballot(session.pk, person, [1]) for person in deputies]
    close_vote(session.pk)
    assert list(Ballot.objects.order_by("pk").values_list("receipt", flat=True)) == sorted(receipts)
    assert not UrnBallot.objects.exists()


def test_a_vote_is_in_the_chain_and_a_changed_ballot_shows(session: VoteSession, deputies: list[User]) -> None:
    for person in deputies:
        cast_ballot(session.pk, person, [1])
    close_vote(session.pk)
    assert chain.verify().faults == ()
    linked = set(ChainLink.objects.values_list("table_name", flat=True))
    assert {"projects_turnout", "projects_ballot", "projects_votecount", "projects_stagechange"} <= linked
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE projects_ballot DISABLE TRIGGER USER")
        cursor.execute("UPDATE projects_ballot SET choices = '[2]' WHERE id = (SELECT min(id) FROM projects_ballot)")
        cursor.execute("ALTER TABLE projects_ballot ENABLE TRIGGER USER")
    found = {(fault.table, fault.kind) for fault in chain.verify().faults if fault.kind != "trigger-missing"}
    assert found == {("projects_ballot", "row-changed"), ("projects_votecount", "state-differs")}


def _at_once(works: list[Any]) -> list[Any]:
    """Run `works` each in a thread with a connection of its own; refusals are results."""

    def run(work: Any) -> Any:
        try:
            return work()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_two_ballots_of_one_deputy_at_the_same_moment_are_one(session: VoteSession, deputy: User) -> None:
    found = _at_once([lambda n=n: cast_ballot(session.pk, deputy, [n]) for n in (1, 2, 3, 4)])
    assert found.count("voted-already") == 3
    assert (Turnout.objects.count(), UrnBallot.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_ballots_of_five_deputies_at_the_same_moment_are_all_there(session: VoteSession, deputies: list[User]) -> None:
    receipts = _at_once([lambda who=who: cast_ballot(session.pk, who, [1]) for who in deputies])
    assert sorted(receipts) == list(UrnBallot.objects.order_by("receipt").values_list("receipt", flat=True))
    assert Turnout.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_ballot_and_the_count_at_the_same_moment_agree(session: VoteSession, deputies: list[User]) -> None:
    for person in deputies[:4]:
        cast_ballot(session.pk, person, [1])
    last = session.closes_at
    found = _at_once([lambda: cast_ballot(session.pk, deputies[4], [1]), lambda: close_vote(session.pk, now=last).cast])
    published = Ballot.objects.count()
    assert published == session.count.cast == Turnout.objects.count()
    assert (found[0] == "closed", published) in {(True, 4), (False, 5)}


@pytest.mark.django_db(transaction=True)
def test_two_counts_at_the_same_moment_are_one(session: VoteSession, deputies: list[User]) -> None:
    for person in deputies:
        cast_ballot(session.pk, person, [1])
    found = _at_once([lambda: close_vote(session.pk).cast] * 2)
    assert sorted(map(str, found)) == ["5", "counted-already"]


def test_what_is_told_audited_and_kept_of_a_ballot_says_nothing_of_what_was_voted(
    session: VoteSession, deputies: list[User], code_of: Any
) -> None:
    """Two ballots that differ leave the same words, ids and sizes behind, but for who cast them."""
    kept = []
    for person, choices in ((deputies[0], [1, 2]), (deputies[1], [])):
        code = code_of(session, person)
        vote(session.pk, person, choices, code)
        about = Notice.objects.filter(recipient=person, kind="account-vote")
        kept.append(list(about.values_list("title", "body", "url", "key")))
        assert not _tables_with(code) - {"spatial_ref_sys"}  # six digits may be the number of a CRS
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1
    assert not BallotCode.objects.exists()
    told = ["call_vote", "settle_roll", "email-confirmed"]
    assert not AuditEntry.objects.exclude(verb__in=told).exists()
