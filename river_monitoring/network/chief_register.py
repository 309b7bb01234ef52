"""Writes of chiefs (河长): who answers for a water or a reach, entered or changed with the post that she holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


def post_of(chief: Chief) -> Post:
    return Post(chief.river_id, chief.reach_id, chief.area_id, chief.level, chief.duty)


@transaction.atomic
def save_chiefs(actor: Asker, given: Sequence[GivenChief]) -> list[Chief | Refusal]:
    """Enter or change people in their posts, known by post and name; for each what became of it.

    In a number of queries that does not grow with them. Raises NotPermitted.
    """
    require_keeper(actor)
    there = list(Chief.objects.select_for_update(of=("self",)).filter(river__in={one.river.pk for one in given}))
    known = {(post_of(chief), chief.name): chief for chief in there}
    holders = {post_of(chief): chief for chief in there if chief.until is None}
    answers: list[Chief | Refusal] = []
    written: Written[Chief] = []
    for one in given:
        chief = known.get((one.post, one.name))
        try:
            chief, changed = _changed(actor, one, chief, holders)
        except Refusal as refusal:
            answers.append(refusal)
            continue
        known[one.post, one.name] = chief
        answers.append(chief)
        if changed:
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
    if until is None and holder is not None and holder.name != one.name:
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
