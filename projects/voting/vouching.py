"""Whose account is known to be an elector's own: officers make accounts and say whose they are, and could vote by them.

An account is known when a second officer has given out its link since it was last said whose it is, or has confirmed
the same account of the same person on the roll of an earlier vote.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accounts.congress.queries import Link, links_of
from accounts.models import Membership
from accounts.people.credentials.queries import handed_over, handlers_of, made_by_officers
from projects.voting.models import Elector, ElectorConfirmation


def unknown_accounts(members: Iterable[Membership]) -> set[int]:
    """The keys of the accounts of these members that are known to be theirs by one officer's word alone."""
    person_of = {one.person.user_id: one.person_id for one in members if one.person.user_id is not None}
    made, given, links = made_by_officers(person_of), handed_over(person_of), links_of(person_of.values())
    earlier = ElectorConfirmation.objects.filter(
        elector__deputy__in=person_of, elector__membership__person__user=F("elector__deputy")
    )
    confirmed = set(earlier.values_list("elector__deputy", flat=True))
    in_doubt = {user for user, person in person_of.items() if user in made or person in links}
    return {user for user in in_doubt - confirmed if not _is_vouched(user, links.get(person_of[user]), given)}


def _is_vouched(user: int, link: Link | None, given: Mapping[int, datetime]) -> bool:
    return user in given and (link is None or given[user] > link.last)


@dataclass(frozen=True)
class Hands:
    """Who has had a hand in electors' accounts: none of them vouches for these."""

    by_account: Mapping[int, Collection[int]]
    by_person: Mapping[int, Link]

    def in_account_of(self, elector: Elector) -> set[int]:
        """The keys of these people for one elector, herself among them."""
        person = elector.membership.person_id if elector.membership is not None else None
        link = self.by_person.get(person) if person is not None else None
        account = elector.deputy_id or 0
        return {account, *self.by_account.get(account, ()), *(link.officers if link is not None else ())}


def hands_in(electors: Collection[Elector]) -> Hands:
    """Read who has had a hand in the accounts of these electors, with as many queries for one as for all."""
    users = {one.deputy_id for one in electors if one.deputy_id is not None}
    people = {one.membership.person_id for one in electors if one.membership is not None}
    return Hands(handlers_of(users), links_of(people))
