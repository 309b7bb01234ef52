"""The signature with which a page of this site may use the script of the program in whose browser it is read."""

import hashlib
import secrets
import time

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.rate_limits import address_of, spend
from accounts.signin.in_app.addresses import signed_address
from accounts.signin.in_app.programs import program_of
from accounts.signin.in_app.tickets import NoTicket, ticket_of
from accounts.signin.ways.limits import SIGNATURES
from geokit.refusal import Refusal

NOTHING = 204
"""For whoever gets no signature now: a browser writes every other failure into its console."""


def signature_of(ticket: str, nonce: str, stamp: int, address: str) -> str:
    """As WeChat, WeCom, DingTalk and Feishu publish it, one like the other.

    >>> signature_of("sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    ...     "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
    '0f9de62fce790f9a083d5c99e95740ceb90c27ed'
    """
    said = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={stamp}&url={address}"
    return hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()


@never_cache
@require_safe
def signature(request: HttpRequest) -> HttpResponse:
    """Sign `address`, a page of this site whose address is no secret; the ticket itself is never told."""
    program = program_of(request.headers.get("User-Agent", ""))
    address = signed_address(request.GET.get("address", "")) if program else None
    if program is None or address is None:
        raise Http404
    try:
        spend(SIGNATURES, address_of(request))
        ticket = ticket_of(program)
    except (NoTicket, Refusal, DatabaseError):
        return HttpResponse(status=NOTHING)
    given, nonce = program.given(), secrets.token_hex(8)
    stamp = int(time.time() * (1000 if program.in_milliseconds else 1))
    return JsonResponse(
        {
            "script": program.script, "app": given[program.app], "agent": given.get(program.agent, ""),
            "stamp": stamp, "nonce": nonce, "signature": signature_of(ticket, nonce, stamp, address),
        }
    )  # fmt: skip
