"""The address where other instances deposit their anchors and read them again."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from geokit.refusal import BadInput, TooLarge
from ledger.anchors.keys import public_hex, signing_key
from ledger.anchors.receiving import MOST_SHOWN, keep, peer_of
from ledger.models import ForeignAnchor

MOST_BYTES = 8192


@csrf_exempt  # no cookie is looked at: whoever asks has a token
@require_http_methods(["GET", "POST"])
def anchors(request: HttpRequest) -> JsonResponse:
    """POST keeps an anchor and answers with a signed receipt; GET lists those kept for who asks, newest first."""
    peer = peer_of(request.headers.get("Authorization", ""))
    if request.method == "GET":
        kept = peer.anchors.order_by("-pk")[:MOST_SHOWN]
        return JsonResponse({"anchors": [_as_json(anchor) for anchor in kept]})
    found, new = keep(peer, *_read(request))
    return JsonResponse(_receipt(found), status=201 if new else 200)


def _read(request: HttpRequest) -> tuple[str, str]:
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise TooLarge(_("内容过长。"), code="too-large")
    try:
        body: Any = json.loads(request.body)
        statement, signature = body["statement"], body["signature"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(_("不是锚定声明。"), code="not-a-statement") from error
    if not (isinstance(statement, str) and isinstance(signature, str)):
        raise BadInput(_("不是锚定声明。"), code="not-a-statement")
    return statement, signature


def _as_json(anchor: ForeignAnchor) -> dict[str, Any]:
    return {
        "statement": anchor.statement,
        "signature": anchor.signature,
        "received_at": anchor.received_at.isoformat(),
        "contradicts": anchor.contradicts,
    }


def _receipt(anchor: ForeignAnchor) -> dict[str, Any]:
    """What was received and when, signed by this instance's own key over the first two, joined by a blank."""
    key = signing_key()
    at = anchor.received_at.isoformat()
    signature = key.sign(f"{anchor.signature} {at}".encode()).hex()
    return {
        "received": anchor.signature,
        "at": at,
        "contradicts": anchor.contradicts,
        "public_key": public_hex(key),
        "receipt": signature,
    }
