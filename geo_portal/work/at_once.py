"""One act for many rows of the inbox: each is a step of its own, with its own answer; a refused one costs no other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.inbox import Act, Item, Waiting
from accounts.permissions import Asker
from geo_portal.work.inbox import waiting_for
from geokit.refusal import FieldError, MissingEvidence, Refusal, StaleEdit, refuse

MOST = 200
NEEDS = {"department": gettext_lazy("请选择单位。"), "text": gettext_lazy("请写明理由。")}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row."""

    item: Item | None
    key: str
    done: bool
    words: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row as the form names it: kind, key and the version that was seen."""

    kind: str
    pk: str
    version: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.pk}:{self.version}"


def take(user: Asker, name: str, keys: Sequence[str], given: Mapping[str, Any], today: date) -> list[Outcome]:
    """Do what `name` says to each of `keys`. Raises BadInput or MissingEvidence where nothing can begin."""
    chosen = _chosen(keys)
    kinds = {waiting.kind: waiting for waiting in waiting_for(user, today)}
    acts = _acts(name, chosen, kinds)
    needed = {need for act in acts.values() for need in act.needs}
    errors = [FieldError(need, "required", str(NEEDS[need])) for need in sorted(needed) if not given.get(need)]
    if errors:
        raise MissingEvidence(" ".join(error.message for error in errors), errors=errors)
    return [_one(user, one, kinds, acts.get(one.kind), given) for one in chosen]


def _chosen(keys: Iterable[str]) -> list[Chosen]:
    found = [Chosen(*parts) for key in dict.fromkeys(keys) if len(parts := key.split(":")) == 3]
    found = [one for one in found if one.pk.isascii() and one.pk.isdecimal() and len(one.pk) <= 18]
    if not found:
        raise refuse("chosen", "required", _("请先勾选要办的事项。"))
    if len(found) > MOST:
        raise refuse("chosen", "too-many", _("一次最多办 %d 件。") % MOST)
    return found


def _acts(name: str, chosen: Sequence[Chosen], kinds: Mapping[str, Waiting]) -> dict[str, Act]:
    found: dict[str, Act] = {}
    for kind in {one.kind for one in chosen} & set(kinds):
        found.update((kind, act) for act in kinds[kind].acts if act.name == name)
    if not found:
        raise refuse("do", "unknown-act", _("勾选的事项都不能这样办，请换一种。"))
    return found


def _one(user: Asker, one: Chosen, kinds: Mapping[str, Waiting], act: Act | None, given: Mapping[str, Any]) -> Outcome:
    waiting = kinds.get(one.kind)
    row = waiting.rows.filter(pk=one.pk).first() if waiting else None
    if waiting is None or row is None:
        return Outcome(None, one.key, False, _("已不在您的待办里，可能别人刚办过。"))
    item = waiting.show(row)
    if act is None:
        return Outcome(item, one.key, False, _("这一类事项不能这样办。"))
    try:
        if one.version and one.version != str(getattr(row, "version", "")):
            raise StaleEdit(_("您打开页面之后有人改过，请看过最新情况再办。"))
        with transaction.atomic():
            act.take(user, row, given)
    except Refusal as refusal:
        return Outcome(item, one.key, False, refusal.message)
    return Outcome(item, one.key, True, str(act.label))
