"""RFC 3161: a time-stamp authority signs that it saw the digest of the statement at a time.

The token is checked by `settings.ANCHORS["timestamp_check"]`, a dotted path to a function like `check_by_roots`. That
one knows RSA and ECDSA certificates with SHA-2; the SM2/SM3 certificates of Chinese authorities it does not. There a
function of the authority's own kit goes in its place; until then such a token is kept and said to be unproven.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates
from django.conf import settings
from django.utils.module_loading import import_string
from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from ledger.anchors.channels.http import NotDelivered, ask
from ledger.models import Anchor

type Check = Callable[[bytes, bytes, bytes], datetime]


class Unproven(Exception):
    """The token does not prove the statement, or cannot be checked here; the sentence says which."""


def send(anchor: Anchor, target: str) -> bytes:
    """Ask for a time-stamp of the statement; the answer of the authority (DER). Raises NotDelivered."""
    request = (
        TimestampRequestBuilder().data(anchor.statement.encode()).nonce(nonce=True).cert_request(cert_request=True)
    )
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = ask(target, request.build().as_bytes(), headers)
    try:
        if settings.ANCHORS["timestamp_roots"]:
            prove(answer, anchor)
        else:
            decode_timestamp_response(answer)
    except ValueError as error:
        raise NotDelivered(f"no time-stamp: {error}") from error
    except Unproven as error:
        raise NotDelivered(str(error)) from error
    return answer


def prove(token: bytes, anchor: Anchor) -> datetime:
    """The time that the authority vouches for. Raises Unproven."""
    if not (roots := settings.ANCHORS["timestamp_roots"]):
        raise Unproven("no root certificates are configured (ANCHOR_TSA_ROOTS)")
    check: Check = import_string(str(settings.ANCHORS["timestamp_check"]))
    return check(token, anchor.statement.encode(), Path(str(roots)).read_bytes())


def check_by_roots(token: bytes, message: bytes, roots: bytes) -> datetime:
    """Check a token against root certificates (PEM) by rfc3161-client. Raises Unproven."""
    try:
        answer = decode_timestamp_response(token)
        builder = VerifierBuilder()
        for root in load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(answer, message)
    except (VerificationError, ValueError) as error:
        raise Unproven(str(error)) from error
    return answer.tst_info.gen_time
