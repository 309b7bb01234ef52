"""Accounts that are a deputy's by one officer's word: frozen on the roll until another one says so, many at once."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts.congress.services import save_person
from accounts.models import Membership, Person, Role, User
from accounts.people import services as people
from accounts.people.credentials import handover
from accounts.people.services import Particulars, version_of
from accounts.signin.services import confirm_email
from ledger import chain
from ledger.models import AuditEntry
from projects.models import Elector, ElectorConfirmation
from projects.voting.codes import send_code
from projects.voting.confirming import confirm_elector, confirm_electors, votes_to_confirm
from projects.voting.queries import prospect_of
from projects.voting.roll import is_frozen
from projects.voting.services import call_vote, cast_ballot
from tests.data.cast import World, person, seat
from tests.integration.projects.voting.electors import elector_of, refusal_of
from tests.queries import asked


@pytest.fixture
def strangers(world: World, deputies: list[User], staff: User) -> list[User]:
    """Three deputies whose accounts one officer made, and who have confirmed the mailboxes that she typed."""
    accounts = []
    for number in range(3):
        given = Particulars(f"新代表{number}", Role.DEPUTY, email=f"new-{number}@example.org")
        account, _link = people.invite(staff, f"new-{number}", given)
        seat(account, world.district)
        confirm_email(account, account.email)
        accounts.append(account)
    return accounts


def test_an_account_that_one_officer_made_votes_once_another_one_says_whose_it_is(
    strangers: list[User], candidates: list, terms: Callable, staff: User, second: User, as_user: Callable
) -> None:
    session = call_vote(terms(), candidates, staff)
    assert [list(votes_to_confirm(one)) for one in (staff, second, strangers[0], None)] == [[], [session], [], []]
    assert f"/projects/votes/{session.pk}/roll/confirm/" in as_user(second).get("/work/").content.decode()
    prospect = prospect_of(session)
    assert (prospect.with_account, prospect.online, prospect.unknown) == (8, 5, 3)
    assert refusal_of(send_code, session.pk, strangers[0]) == "frozen"
    assert refusal_of(cast_ballot, session.pk, strangers[0], [1]) == "frozen"
    assert "由一位工作人员建立或登记" in as_user(strangers[0]).get(session.get_absolute_url()).content.decode()
    elector = elector_of(session, strangers[0])
    assert refusal_of(confirm_elector, session.pk, elector.pk, staff, "当面") == "not-permitted"
    confirm_elector(session.pk, elector.pk, second, "与代表团名单核对")
    assert send_code(session.pk, strangers[0])
    assert cast_ballot(session.pk, strangers[0], [1])
    assert prospect_of(session).unknown == 2


def test_many_accounts_are_confirmed_at_once_all_or_none(
    strangers: list[User], candidates: list, terms: Callable, staff: User, second: User, as_user: Callable
) -> None:
    session = call_vote(terms(), candidates, staff)
    address = f"/projects/votes/{session.pk}/roll/confirm/"
    keys = [elector_of(session, deputy).pk for deputy in strangers]
    client = as_user(second)
    assert "批量核实（3 位）" in client.get(f"/projects/votes/{session.pk}/roll/").content.decode()
    page = client.get(address).content.decode()
    assert "new-2@example.org" in page
    assert "还有 3 位的账号您经手过" in as_user(staff).get(address).content.decode()
    assert as_user(staff).post(address, {"electors": keys, "reason": "当面"}).status_code == 400
    assert client.post(address, {"electors": keys, "reason": ""}).status_code == 400
    assert client.post(address, {"electors": [], "reason": "当面"}).status_code == 400
    handled = AuditEntry.objects.create(
        actor=second, verb="person-link-given", object_type="accounts.user", object_id=str(strangers[2].pk)
    )
    assert refusal_of(confirm_electors, session.pk, keys, second, "当面") == "not-permitted"
    assert refusal_of(confirm_electors, session.pk, [*keys, 10**9], second, "当面") == "not-on-roll"
    assert not ElectorConfirmation.objects.exists()
    assert client.post(address, {"electors": keys[:2], "reason": "名单核对"}).status_code == 302
    assert [is_frozen(elector_of(session, deputy)) for deputy in strangers] == [False, False, True]
    third = person("third", Role.STAFF)
    assert len(confirm_electors(session.pk, keys, third, "名单核对")) == 1, handled.actor
    assert refusal_of(confirm_electors, session.pk, keys, third, "名单核对") == "not-frozen"
    assert chain.verify().faults == ()


def test_who_was_confirmed_for_one_vote_is_known_in_the_next_and_a_second_officer_s_link_says_it_too(
    strangers: list[User], candidates: list, terms: Callable, staff: User, second: User
) -> None:
    first = call_vote(terms(places=1), candidates[:2], staff)
    confirm_elector(first.pk, elector_of(first, strangers[0]).pk, second, "当面")
    moved = Particulars("新代表1", Role.DEPUTY, email="other@example.org")
    people.change(staff, strangers[1].pk, moved, version_of(strangers[1]))
    people.invite_again(staff, strangers[1].pk)
    handover.give_link(second, strangers[1].pk)
    later = call_vote(terms(title="下一次", places=1), candidates[2:], staff)
    assert [elector_of(later, deputy).is_known for deputy in strangers] == [True, True, False]


def test_an_account_that_somebody_else_said_to_be_hers_is_unknown_and_its_linker_does_not_vouch(
    deputies: list[User], candidates: list, terms: Callable, staff: User, second: User, world: World
) -> None:
    """Also one that nobody invited: an officer could have registered it herself."""
    own = person("own", Role.DEPUTY, email="own@example.org")
    seated = seat(None, world.district, "DB-OWN", "后来者")
    save_person(staff, seated.person.code, seated.person.name, own)
    session = call_vote(terms(), candidates, staff)
    elector = elector_of(session, own)
    assert is_frozen(elector) and not elector.is_known
    assert refusal_of(confirm_elector, session.pk, elector.pk, staff, "当面") == "not-permitted"
    assert confirm_elector(session.pk, elector.pk, second, "与代表团名单核对")


def test_a_link_given_out_before_the_account_was_linked_vouches_for_nobody(
    strangers: list[User], candidates: list, terms: Callable, staff: User, second: User, world: World
) -> None:
    moved = Particulars("新代表1", Role.DEPUTY, email="other@example.org")
    people.change(staff, strangers[1].pk, moved, version_of(strangers[1]))
    people.invite_again(staff, strangers[1].pk)
    handover.give_link(second, strangers[1].pk)
    Membership.objects.filter(person__user=strangers[1]).update(ends_on=timezone.localdate(), ended="resigned")
    Person.objects.filter(user=strangers[1]).update(user=None)
    other = seat(None, world.district, "DB-OTHER", "另一位")
    save_person(staff, other.person.code, other.person.name, strangers[1])
    session = call_vote(terms(), candidates, staff)
    assert not session.electors.get(membership=other).is_known


def test_a_whole_congress_of_new_accounts_takes_as_many_queries_as_three(
    strangers: list[User], candidates: list, terms: Callable, world: World, staff: User, second: User, as_user: Callable
) -> None:
    session = call_vote(terms(), candidates, staff)
    client = as_user(second)
    addresses = [f"/projects/votes/{session.pk}/roll/", f"/projects/votes/{session.pk}/roll/confirm/"]
    few = [asked(client, address) for address in addresses]
    for number in range(3, 9):
        Elector.objects.create(session=session, deputy=person(f"more-{number}", Role.DEPUTY), is_known=False)
    assert [asked(client, address) for address in addresses] == few
