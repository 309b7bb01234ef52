"""Writes of chiefs (河长): who answers for a water or a reach, entered or changed with the post that she holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import NotPermitted, Refusal, refuse
from ledger import audit
from ledger.written import Written, store_written
from river_monitoring.network.models import Chief, Reach, River
from river_monitoring.network.register import may_keep_river, require_keeper
from ui.field_checks import check_own_fields, set_facts


class Post(NamedTuple):
    """What somebody answers for, and as what; keys of rows. One holds it at a time."""

    river: int
    reach: int | None
    area: int | None
    level: str
    duty: str


class Term(NamedTuple):
    """Somebody's time in a post, which she may leave and come back to; `since` is None where that is not said."""

    post: Post
    name: str
    since: date | None


@dataclass(frozen=True, slots=True)
class GivenChief:
    """Somebody in a post as a row says it; `facts` are the other fields, those that are not given stay."""

    river: River
    reach: Reach | None
    area: Area | None
    level: str
    duty: str
    name: str
    facts: Mapping[str, Any]

    @property
    def post(self) -> Post:
        return Post(self.river.pk, self.reach.pk if self.reach else None, self.area.pk if self.area else None,
                    self.level, self.duty)  # fmt: skip

    @property
    def term(self) -> Term:
        return Term(self.post, self.name, self.facts.get("since"))


def post_of(chief: Chief) -> Post:
    return Post(chief.river_id, chief.reach_id, chief.area_id, chief.level, chief.duty)


def terms_meant(given: Sequence[GivenChief | None], there: Iterable[Chief]) -> list[Chief | None]:
    """For each row the term that it means of those that are there (in the order of their keys), None for another one.

    A term is known by its first day. A row of a day that is not there corrects that of the term in office, unless it
    says that it ended; a row that says no day means the term that lasted until the day that it says, or the one in
    office. What one row names by its day is no other row's.
    """
    terms: defaultdict[tuple[Post, str], list[Chief]] = defaultdict(list)
    for chief in there:
        terms[post_of(chief), chief.name].append(chief)
    rows = [one for one in given if one is not None]
    meant = {one.term: term for one in rows if (term := _of_its_day(one, terms[one.post, one.name]))}
    for one in rows:
        if one.term not in meant:
            taken = {chief.pk for chief in meant.values()}
            free = [chief for chief in terms[one.post, one.name] if chief.pk not in taken]
            if found := _going_on(one, free):
                meant[one.term] = found
    return [meant.get(one.term) if one is not None else None for one in given]


def _of_its_day(one: GivenChief, terms: Sequence[Chief]) -> Chief | None:
    if one.term.since is None and "until" not in one.facts:  # it says nothing of days
        return None
    return next((chief for chief in reversed(terms) if chief.since == one.term.since), None)


def _going_on(one: GivenChief, terms: Sequence[Chief]) -> Chief | None:
    """The newest of the terms that a row can mean though it says another day than theirs, or none."""
    since, until = one.term.since, one.facts.get("until")
    if until is not None:
        may = [chief for chief in terms if since is None and chief.since is not None and chief.since <= until]
    else:
        may = [chief for chief in terms if chief.until is None]
        if not may and since is None and "until" not in one.facts:
            may = list(terms)
    return max(reversed(may), key=lambda chief: chief.since or date.min, default=None)


@transaction.atomic
def save_chiefs(actor: Asker, given: Sequence[GivenChief]) -> list[Chief | Refusal]:
    """Enter or change people in their posts, known by post, name and term; for each what became of it.

    In a number of queries that does not grow with them. Raises NotPermitted.
    """
    require_keeper(actor)
    there = list(Chief.objects.select_for_update(of=("self",)).filter(river__in={one.river.pk for one in given}))
    begun: dict[Term, Chief] = {}
    holders = {post_of(chief): chief for chief in there if chief.until is None}
    answers: list[Chief | Refusal] = []
    written: Written[Chief] = []
    for one, meant in zip(given, terms_meant(given, there), strict=True):
        known = meant or begun.get(one.term)
        try:
            chief, changed = _changed(actor, one, known, holders)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(chief)
        begun.setdefault(one.term, chief)
        if changed and (known is None or known.pk is not None):  # what is new is written once
            written.append((chief, changed))
    _store(actor, written)
    return answers


def _changed(actor: Asker, one: GivenChief, there: Chief | None, holders: dict[Post, Chief]) -> tuple[Chief, list[str]]:
    """The chief with what a row changes, not stored yet. Raises NotPermitted, BadInput."""
    if not may_keep_river(actor, one.river):
        raise NotPermitted(_("“%s”不全在您的辖区内，请由市里更正。") % one.river.name)
    if one.reach is not None and one.reach.river_id != one.river.pk:
        raise refuse("reach", "other-river", _("河段“%s”不是这条河的。") % one.reach.name)
    chief = there or Chief(
        river=one.river, reach=one.reach, area=one.area, level=one.level, duty=one.duty, name=one.name
    )
    until = one.facts.get("until", chief.until)
    since = one.facts.get("since", chief.since)
    if since is not None and until is not None and until < since:
        raise refuse("until", "before-it", _("离任日期不能早于任职日期。"))
    holder = holders.get(one.post)
    if until is None and holder is not None and holder is not chief:
        raise refuse("name", "in-office", _("这个层级已有在任的河长，请先填写其离任日期。"))
    changed = set_facts(chief, one.facts, there is None)
    check_own_fields(chief, "bad-chief")
    if until is None:
        holders[one.post] = chief
    elif holder is chief:
        del holders[one.post]
    return chief, changed or (["name"] if there is None else [])


def _store(actor: Asker, written: Iterable[tuple[Chief, list[str]]]) -> None:
    """Write rows, those that are there first: who leaves makes room for who comes."""
    new, old = store_written(Chief, list(written))
    for verb, rows in (("chief-entered", new), ("chief-changed", old)):
        audit.record_many(actor, verb, ((chief, {"name": chief.name, "fields": fields}) for chief, fields in rows))
