"""Deputies entered or changed by their code, one or those of a sheet, with one statement of each kind for many."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Area, Membership, Person, Role
from accounts.permissions import Asker, has_role
from geokit.refusal import NotPermitted, Refusal, only_answer
from ledger import audit
from ledger.written import update_written
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by, stations_run_by
from ui.field_checks import set_facts


@dataclass(frozen=True, slots=True)
class GivenDeputy:
    """A deputy as a row says her; `villages` None keeps those that elect her."""

    code: str
    facts: Mapping[str, Any]
    villages: Sequence[Area] | None


@dataclass(frozen=True, slots=True)
class _Written:
    """A deputy with the fields that a row changes, and the villages that she has from then on (None: as they are)."""

    deputy: Deputy
    is_new: bool
    fields: list[str]
    villages: frozenset[int] | None

    @property
    def changed(self) -> list[str]:
        return [*self.fields, *(["constituency"] if self.villages is not None else [])]


@transaction.atomic
def upsert_deputy(actor: Asker, given: GivenDeputy) -> tuple[Deputy, bool, list[str]]:
    """Create or update the deputy of a certificate number, by the congress staff of her area.

    Return her, whether she is new, and the changed fields. Raises NotPermitted.
    """
    answer = only_answer(_save(actor, [given]))
    return answer.deputy, answer.is_new, answer.changed


def save_deputies(actor: Asker, given: Sequence[GivenDeputy]) -> list[Deputy | Refusal]:
    """Enter or change many deputies in a number of queries that does not grow with them; for each what became of it."""
    return [answer if isinstance(answer, Refusal) else answer.deputy for answer in _save(actor, given)]


def _save(actor: Asker, given: Sequence[GivenDeputy]) -> list[_Written | Refusal]:
    codes = {one.code for one in given}
    locked = Deputy.objects.select_for_update(of=("self",)).filter(code__in=codes)
    locked = locked.select_related("station", "person").prefetch_related("constituency")
    known = {deputy.code: deputy for deputy in locked}
    kept = set(deputies_kept_by(actor).filter(code__in=codes).values_list("code", flat=True))
    stations = {one.facts["station"].pk for one in given}
    run = set(stations_run_by(actor).filter(pk__in=stations).values_list("pk", flat=True))
    people = _untied_people(codes)
    answers: list[_Written | Refusal] = []
    for one in given:
        deputy = known.get(one.code)
        if deputy is not None and one.code not in kept:
            answers.append(NotPermitted(gettext("这位代表不属于您的辖区。")))
        elif not has_role(actor, Role.STAFF) or one.facts["station"].pk not in run:
            answers.append(NotPermitted(gettext("代表名册由所在辖区的人大工作人员维护。")))
        else:
            answers.append(_changed(one, deputy, people))
    _store(actor, [answer for answer in answers if isinstance(answer, _Written)])
    return answers


def _untied_people(codes: Collection[str]) -> dict[str, Person]:
    """Return who sits in a congress under these numbers and is no deputy of the register yet, by the number."""
    members = Membership.objects.filter(code__in=codes).select_related("person")
    tied = set(Deputy.objects.filter(person__memberships__code__in=codes).values_list("person_id", flat=True))
    return {member.code: member.person for member in members if member.person_id not in tied}


def _changed(one: GivenDeputy, known: Deputy | None, people: Mapping[str, Any]) -> _Written:
    deputy = known or Deputy(code=one.code)
    facts = dict(one.facts)
    if deputy.person_id is None and one.code in people:
        facts["person"] = people[one.code]
    fields = set_facts(deputy, facts, known is None)
    wanted = frozenset(area.pk for area in one.villages) if one.villages is not None else None
    there = frozenset(area.pk for area in known.constituency.all()) if known is not None else frozenset()
    return _Written(deputy, known is None, fields, None if wanted == there else wanted)


def _store(actor: Asker, written: Sequence[_Written]) -> None:
    new = [one for one in written if one.is_new]
    old = [one for one in written if not one.is_new and one.changed]
    Deputy.objects.bulk_create([one.deputy for one in new])
    update_written(Deputy, [(one.deputy, one.fields) for one in old if one.fields])
    moved = [one for one in written if one.villages is not None]
    link = Deputy.constituency.through
    link._default_manager.filter(deputy__in=[one.deputy.pk for one in moved if not one.is_new]).delete()
    link._default_manager.bulk_create(
        link(deputy_id=one.deputy.pk, area_id=village) for one in moved for village in sorted(one.villages or ())
    )
    for verb, rows in (("deputy-entered", new), ("deputy-edited", old)):
        audit.record_many(actor, verb, ((one.deputy, {"changed": one.changed}) for one in rows))
