"""RFC 3161: a time-stamp authority signs that it saw the digest of the statement at a time.

An address that ends in `#sm3` is one of an authority with SM2 certificates: it is asked with the SM3 digest, and its
answer must be signed with SM2 and SM3 (`ledger.anchors.sm2`). All others are asked with SHA-512 and checked by
rfc3161-client, which knows RSA and ECDSA with SHA-2.
"""

import secrets
from datetime import datetime
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import TimestampRequestBuilder, TimeStampResponse, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from ledger.anchors import sm2
from ledger.anchors.channels.http import NotDelivered, ask
from ledger.models import Anchor

SM = "#sm3"
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Unproven(Exception):
    """The token does not prove the statement, or cannot be checked here; the sentence says which."""


def send(anchor: Anchor, target: str) -> bytes:
    """Ask for a time-stamp of the statement; the answer of the authority (DER). Raises NotDelivered."""
    query, nonce = _request(anchor.statement.encode(), target)
    answer = ask(target.removesuffix(SM), query, HEADERS)
    try:
        if settings.ANCHORS["timestamp_roots"]:
            prove(answer, anchor, target, nonce)
        else:
            _read(answer, target)
    except ValueError as error:
        raise NotDelivered(f"no time-stamp: {error}") from error
    except Unproven as error:
        raise NotDelivered(str(error)) from error
    return answer


def prove(token: bytes, anchor: Anchor, target: str, nonce: int | None = None) -> datetime:
    """The time that the authority at `target` vouches for. Raises Unproven."""
    if not (roots := settings.ANCHORS["timestamp_roots"]):
        raise Unproven("no root certificates are configured (ANCHOR_TSA_ROOTS)")
    check = sm2.check if target.endswith(SM) else _check
    try:
        return check(token, anchor.statement.encode(), Path(str(roots)).read_bytes(), nonce)
    except (VerificationError, ValueError, OSError) as error:
        raise Unproven(str(error)) from error


def _request(message: bytes, target: str) -> tuple[bytes, int]:
    """The query (DER) and the nonce in it."""
    if target.endswith(SM):
        nonce = secrets.randbits(63) + 1
        return sm2.request(message, nonce), nonce
    built = TimestampRequestBuilder().data(message).nonce(nonce=True).cert_request(cert_request=True).build()
    return built.as_bytes(), int(built.nonce or 0)


def _read(answer: bytes, target: str) -> "TimeStampResponse | sm2.Read":
    return sm2.read(answer) if target.endswith(SM) else decode_timestamp_response(answer)


def _check(token: bytes, message: bytes, roots: bytes, nonce: int | None) -> datetime:
    """Check a token against root certificates (PEM) by rfc3161-client. Raises VerificationError or ValueError."""
    answer = decode_timestamp_response(token)
    builder = VerifierBuilder() if nonce is None else VerifierBuilder().nonce(nonce)
    for root in load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(root)
    builder.build().verify_message(answer, message)
    return answer.tst_info.gen_time
