"""Another instance of the platform that keeps our anchors and shows them again."""

import json
from typing import Any

from django.conf import settings

from ledger.anchors.channels.http import NotDelivered, ask
from ledger.anchors.statement import as_json
from ledger.models import Anchor


def send(anchor: Anchor, target: str) -> bytes:
    """Hand the anchor over; the receipt (JSON). Raises NotDelivered."""
    body = json.dumps(as_json(anchor)).encode()
    answer = ask(target, body, {**_headers(target), "Content-Type": "application/json"})
    if _read(answer).get("received") != anchor.signature:
        raise NotDelivered("the receipt is for something else")
    return answer


def kept_by(target: str) -> list[dict[str, Any]]:
    """The anchors that the other instance holds of ours: statement, signature, received_at. Raises NotDelivered."""
    found = _read(ask(target, None, _headers(target))).get("anchors")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise NotDelivered("the answer lists no anchors")
    return found


def _headers(target: str) -> dict[str, str]:
    tokens: dict[str, str] = dict(settings.ANCHORS["peers"])
    return {"Authorization": f"Bearer {tokens.get(target, '')}", "Accept": "application/json"}


def _read(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise NotDelivered(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise NotDelivered("no JSON object")
    return found
