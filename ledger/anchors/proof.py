"""Proving the chain by what stands outside: signed anchors, time-stamps, other instances, the file beside the key.

An anchor that was deleted here is still in one of those places; a chain that was rewritten no longer leads through the
head that they hold; whoever rewrites the anchors too cannot sign them without the key.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ledger.anchors.channels import peers, timestamps
from ledger.anchors.channels.http import NotDelivered
from ledger.anchors.keys import is_signed, trusted_keys
from ledger.anchors.receiving import MOST_SHOWN
from ledger.anchors.services import journal
from ledger.anchors.statement import Statement, Unreadable, digest, parsed
from ledger.chain.faults import Fault
from ledger.chain.links import Start
from ledger.models import Anchor, ChainLink, Delivery

TABLE = "ledger_anchor"


@dataclass(frozen=True, slots=True)
class Witness:
    """What one place outside says of one anchor: `place` in words, `at` the time it vouches for, None for none."""

    anchor: str
    place: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The anchors that hold, what vouches for them, and every fault."""

    anchors: int
    witnesses: tuple[Witness, ...]
    faults: tuple[Fault, ...]


class _Chain:
    """Where the chain leads through now: digest and number of the links that statements name, asked once."""

    def __init__(self, links: list[int]) -> None:
        self._keys = trusted_keys()
        with connection.cursor() as cursor:
            cursor.execute(_POSITIONS, [links])
            self._there = {link: (found, count) for link, found, count in cursor.fetchall()}

    def faults(self, statement: str, signature: str, place: str, row: int = 0) -> Iterator[Fault]:
        """Whether a statement is signed by a key of ours and the chain still leads through its head."""
        said = _parsed(statement)
        if said is None or not any(is_signed(key, statement.encode(), signature) for key in self._keys):
            yield Fault("anchor-forged", TABLE, row, detail=f"{place} is not signed by a key of this site")
            return
        found, count = self._there.get(said.link, ("gone", 0))
        if (found, count) != (said.head, said.links):
            words = f"{place} of {timezone.localtime(said.at):%Y-%m-%d %H:%M}: {said.links} links, now {count}"
            yield Fault("anchor-differs", TABLE, row, said.link, "head", said.head, found, words)


_POSITIONS = """
    SELECT id, encode(digest, 'hex'), place FROM (
        SELECT id, digest, row_number() OVER (ORDER BY id) AS place FROM accounts_chainlink
    ) AS links WHERE id = ANY(%s)
"""


def anchor_faults() -> Iterator[Fault]:
    """Anchors in the database whose signature, sequence or head in the chain does not hold. Asks nobody outside."""
    found = list(Anchor.objects.order_by("pk"))
    chain = _Chain([anchor.link for anchor in found])
    previous = ""
    for anchor in found:
        yield from chain.faults(anchor.statement, anchor.signature, f"anchor {anchor.pk}", anchor.pk)
        said = _parsed(anchor.statement)
        if said and (said.head, said.links, said.link, said.at) != (anchor.head, anchor.links, anchor.link, anchor.at):
            yield Fault("anchor-forged", TABLE, anchor.pk, detail="its columns are not what was signed")
        if said and said.previous != previous:
            yield Fault("anchor-missing", TABLE, anchor.pk, detail="the anchor before it is not the one that it names")
        previous = digest(anchor.statement)


def _parsed(statement: str) -> Statement | None:
    try:
        return parsed(statement)
    except Unreadable:
        return None


def newest_anchor_faults(anchor: Anchor) -> Iterator[Fault]:
    """Whether the newest anchor is signed and its link is still there; quick, for a check since then."""
    link = ChainLink.objects.filter(pk=anchor.link).first()
    if not any(is_signed(key, anchor.statement.encode(), anchor.signature) for key in trusted_keys()):
        yield Fault("anchor-forged", TABLE, anchor.pk, detail="it is not signed by a key of this site")
    elif link is None or bytes(link.digest).hex() != anchor.head:
        found = bytes(link.digest).hex() if link else "gone"
        yield Fault("anchor-differs", TABLE, anchor.pk, anchor.link, "head", anchor.head, found)


def start_of(anchor: Anchor) -> Start:
    """Where a check since this anchor begins."""
    return Start(anchor.link, bytes.fromhex(anchor.head), anchor.links)


def prove(today: date | None = None) -> Proof:
    """Check every anchor, here and in each place outside; yesterday's must be there once there was one before."""
    faults: list[Fault] = [*anchor_faults()]
    witnesses: list[Witness] = []
    known = {anchor.statement: anchor for anchor in Anchor.objects.order_by("pk")}
    outside = list(_outside(faults))
    named = [_parsed(str(said.get("statement", ""))) for _place, _at, said in outside]
    chain = _Chain([said.link for said in named if said])
    for place, at, said in outside:
        statement = str(said.get("statement", ""))
        faults.extend(chain.faults(statement, str(said.get("signature", "")), place))
        if statement not in known:
            faults.append(Fault("anchor-missing", TABLE, 0, detail=f"{place} holds an anchor that is not here"))
        else:
            witnesses.append(Witness(known[statement].head, place, at))
    for delivery in Delivery.objects.filter(channel="tsa", state="done").select_related("anchor").order_by("pk"):
        _stamp(delivery, faults, witnesses)
    faults.extend(_of_yesterday(list(known.values()), today or timezone.localdate()))
    return Proof(len(known), tuple(witnesses), tuple(faults))


def _outside(faults: list[Fault]) -> Iterator[tuple[str, datetime | None, dict[str, Any]]]:
    """Every anchor that the file beside the key and the other instances hold."""
    path = journal()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        yield str(path.name), None, _json(line)
    for target in settings.ANCHORS["peers"]:
        try:
            found = peers.kept_by(target)
            faults.extend(_not_kept(target, {str(kept.get("statement", "")) for kept in found}))
            for kept in found:
                yield target, datetime.fromisoformat(kept["received_at"]), kept
        except (NotDelivered, KeyError, ValueError) as error:
            faults.append(Fault("anchor-unproven", TABLE, 0, detail=f"{target}: {error}"))


def _not_kept(target: str, statements: set[str]) -> Iterator[Fault]:
    """Anchors that another instance does not have, though here it is noted that they arrived there."""
    arrived = Delivery.objects.filter(channel="peer", state=Delivery.State.DONE, target=target).order_by("-anchor")
    for delivery in arrived.select_related("anchor")[:MOST_SHOWN]:
        if delivery.anchor.statement not in statements:
            words = f"{target} does not have it, though it is noted as delivered"
            yield Fault("anchor-unproven", TABLE, delivery.anchor_id, detail=words)


def _json(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(delivery: Delivery, faults: list[Fault], witnesses: list[Witness]) -> None:
    try:
        at = timestamps.prove(bytes(delivery.proof or b""), delivery.anchor, delivery.target)
    except timestamps.Unproven as error:
        words = f"{delivery.target}: {error}"
        faults.append(Fault("anchor-unproven", TABLE, delivery.anchor_id, detail=words))
    else:
        witnesses.append(Witness(delivery.anchor.head, delivery.target, at))


def _of_yesterday(anchors: list[Anchor], today: date) -> Iterator[Fault]:
    """One anchor of yesterday or today, unless the site began only now."""
    if not anchors:
        yield Fault("anchor-missing", TABLE, detail="the chain was never anchored")
    elif timezone.localdate(anchors[-1].at) < today - timedelta(days=1):
        day = timezone.localdate(anchors[-1].at)
        yield Fault("anchor-missing", TABLE, anchors[-1].pk, detail=f"the newest anchor is of {day}")
