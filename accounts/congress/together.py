"""Members of a sheet written together: people, groups and memberships, each kind with one statement.

What `services` says of one member holds here too. A row that would change a person, or move a certificate to another
congress or person, is left to it (None), and so is what the database refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.areas.together import record_written
from accounts.congress.models import Congress, DeputyGroup, Membership, Person
from accounts.congress.permissions import congresses_kept_by
from accounts.congress.services import check_days, not_her_congress, require_may_link
from accounts.directory.models import User
from accounts.permissions import Asker
from geokit.refusal import Refusal
from ledger import audit
from ledger.written import Written, store_written
from ui.field_checks import check_own_fields, set_facts


@dataclass(frozen=True, slots=True)
class GivenMember:
    """A member as a row says her; `facts` as `save_member` takes them, but `group` by its name (empty: none)."""

    code: str
    congress: Congress
    name: str
    person: str
    """The person's code; empty for hers who has the certificate, else the certificate's."""
    user: User | None
    facts: Mapping[str, Any]


@dataclass(slots=True)
class _Known:
    """What is there of what the rows name, and what is new among them."""

    kept: frozenset[int]
    members: dict[str, Membership]
    people: dict[str, Person]
    groups: dict[tuple[int, str], DeputyGroup]
    written: Written[Membership] = field(default_factory=list)
    """What is new or changed, with the fields that are."""

    def keep(self, member: Membership, changed: list[str]) -> None:
        """Take a row in: what a later row names of it is there."""
        self.people[member.person.code] = member.person
        if member.group is not None:
            self.groups[member.congress_id, member.group.name] = member.group
        if changed or member.pk is None:
            self.written.append((member, changed))


def save_members(actor: Asker, given: Sequence[GivenMember]) -> list[Membership | Refusal | None]:
    """Enter or change many memberships in a number of queries that does not grow with them; each with its answer."""
    known = _known(actor, given)
    answers: list[Membership | Refusal | None] = []
    for one in given:
        try:
            answers.append(_member(actor, one, known))
        except Refusal as refusal:
            answers.append(refusal)
    _store(actor, known)
    return answers


def _known(actor: Asker, given: Sequence[GivenMember]) -> _Known:
    codes = {one.code for one in given}
    members = Membership.objects.select_for_update(of=("self",)).select_related("person__user", "group")
    found = {member.code: member for member in members.filter(code__in=codes)}
    people = Person.objects.select_for_update(of=("self",)).select_related("user")
    wanted = codes | {one.person for one in given} | {member.person.code for member in found.values()}
    congresses = {one.congress.pk for one in given}
    groups = DeputyGroup.objects.filter(
        congress__in=congresses, name__in={one.facts.get("group") or "" for one in given}
    )
    return _Known(
        kept=frozenset(congresses_kept_by(actor).values_list("pk", flat=True)),
        members=found,
        people={person.code: person for person in people.filter(code__in=wanted)},
        groups={(group.congress_id, group.name): group for group in groups},
    )


def _member(actor: Asker, one: GivenMember, known: _Known) -> Membership | None:
    if one.congress.pk not in known.kept:
        raise not_her_congress()
    member = known.members.get(one.code)
    person = _person(actor, one, member, known)
    if person is None or (member is not None and not _is_hers(member, one.congress, person)):
        return None
    facts = {**one.facts, **({"group": _group(one, known)} if "group" in one.facts else {})}
    if member is None:
        member = Membership(code=one.code, congress=one.congress, person=person)
        facts = {"starts_on": one.congress.starts_on, **facts}
    member.congress = one.congress  # the same, with its term at hand
    changed = set_facts(member, facts, member.pk is None)
    check_days(member)
    check_own_fields(member, "bad-member")
    known.keep(member, changed)
    return member


def _is_hers(member: Membership, congress: Congress, person: Person) -> bool:
    return member.congress_id == congress.pk and member.person_id == person.pk


def _person(actor: Asker, one: GivenMember, member: Membership | None, known: _Known) -> Person | None:
    """The person as she is, or a new one; None where the row would change her."""
    code = one.person or (member.person.code if member is not None else one.code)
    person = known.people.get(code)
    if person is None:
        if one.user is not None:
            require_may_link(actor, one.user)
        person = Person(code=code, name=one.name, user=one.user)
        check_own_fields(person, "bad-person")
    is_same = person.name == one.name and (one.user is None or one.user == person.user)
    return person if is_same else None


def _group(one: GivenMember, known: _Known) -> DeputyGroup | None:
    name = one.facts["group"]
    if not name:
        return None
    group = known.groups.get((one.congress.pk, name)) or DeputyGroup(congress=one.congress, name=name)
    check_own_fields(group, "bad-group")
    return group


def _store(actor: Asker, known: _Known) -> None:
    """Write what is new and what changed, each kind with one statement, and its lines of the audit trail."""
    people = [person for person in known.people.values() if person.pk is None]
    groups = [group for group in known.groups.values() if group.pk is None]
    Person.objects.bulk_create(people)
    DeputyGroup.objects.bulk_create(groups)
    new, changed = store_written(Membership, known.written)
    audit.record_many(actor, "person-entered", ((one, {"code": one.code, "fields": _given_of(one)}) for one in people))
    audit.record_many(actor, "group-made", ((one, {"name": one.name}) for one in groups))
    record_written(actor, "member", new, changed)


def _given_of(person: Person) -> list[str]:
    return ["name", "user"] if person.user is not None else ["name"]
