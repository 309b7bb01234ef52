"""What of this room is in the chain of evidence: partners and their keys, packages with what they signed, our answers.

Records of others are proved by the signatures of their packages. Tokens are in no link.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from exchange.packages.container import signed_bytes
from exchange.register.models import Taking
from ledger.anchors.keys import is_signed
from ledger.chain.declared import Chained, Contradiction, Touched
from ledger.models import ChainLink

TAKING, PARTNER = "exchange_taking", "exchange_partner"
NOT_LINKED = ("secret", "token_digest", "sent_digest", "sent_at", "attempts", "said", "next_at", "version")

CHAINED = (
    Chained("exchange_reply", history=True, sealed=("text",)),
    Chained(TAKING, omitted=("xact",), own_triggers=("exchange_taking_of_its_transaction",)),
    Chained(PARTNER, omitted=NOT_LINKED),
)


def packages_are_signed(touched: Touched) -> Iterable[Contradiction]:
    """Each package is what its partner signed, by a key that it had here, and newer than those that count before it.

    So none can be written down that never came, nor an old one a second time.
    """
    rows = touched.of(TAKING)
    takings = Taking.objects.select_related("partner").order_by("partner", "pk")
    if rows is not None:
        takings = takings.filter(partner__in=Taking.objects.filter(pk__in=rows).values("partner"))
    keys: dict[int, set[str]] = {}
    newest: dict[int, datetime] = {}
    for taking in takings.iterator(100):
        partner = taking.partner_id
        if partner not in keys:
            keys[partner] = _keys_of(partner)
        yield from _unsigned(taking, keys[partner])
        if taking.undone_at is None:
            if (before := newest.get(partner)) is not None and taking.made_at <= before:
                yield _otherwise(taking, "made_at", taking.made_at.isoformat(), f"after {before.isoformat()}")
            newest[partner] = taking.made_at


def _unsigned(taking: Taking, keys: set[str]) -> Iterator[Contradiction]:
    if taking.public_key not in keys:
        yield _otherwise(taking, "public_key", taking.public_key, ", ".join(sorted(keys)))
    if not is_signed(taking.public_key, signed_bytes(taking.manifest.encode()), taking.signature):
        yield _otherwise(taking, "signature", taking.signature, "a signature of the manifest by its key")
        return
    try:
        said = json.loads(taking.manifest)
        origin, made_at = str(said["origin"]), datetime.fromisoformat(said["made_at"])
    except (ValueError, LookupError, TypeError, RecursionError):
        yield _otherwise(taking, "manifest", taking.manifest[:80], "a manifest")
        return
    if origin != taking.partner.origin:
        yield _otherwise(taking, "partner_id", taking.partner.origin, origin)
    if made_at != taking.made_at:
        yield _otherwise(taking, "made_at", taking.made_at.isoformat(), made_at.isoformat())


def _otherwise(taking: Taking, column: str, is_now: Any, wanted: Any) -> Contradiction:
    return Contradiction(TAKING, taking.pk, column, is_now, wanted)


def _keys_of(partner: int) -> set[str]:
    """The keys that a partner was ever registered with, as the chain has them."""
    links = ChainLink.objects.filter(table_name=PARTNER, row_id=partner).exclude(op=ChainLink.Op.DELETE)
    return {json.loads(content)["public_key"] for content in links.values_list("content", flat=True) if content}
