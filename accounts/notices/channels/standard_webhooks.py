"""The headers of the Standard Webhooks specification 1.0: who is called can check that it was us, and when."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret as the specification writes one: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(message: str, now: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the three headers for a message; `keys` are the secrets in force, the newest first.

    While a secret is being changed there are two, and one signature by each, so that either side may change first.
    """
    stamp = str(int(now.timestamp()))
    headers = {"webhook-id": message, "webhook-timestamp": stamp}
    if keys:
        headers["webhook-signature"] = " ".join(signature(key, message, stamp, body) for key in keys)
    return headers


def signature(secret: str, message: str, stamp: str, body: bytes) -> str:
    """Return `v1,` and the HMAC-SHA256 over id, time and body, in base64.

    >>> body = b'{"test": 2432232314}'
    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    made = hmac.new(_key(secret), f"{message}.{stamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(made.digest()).decode()}"


def _key(secret: str) -> bytes:
    """What stands after `whsec_` is base64; a secret that somebody made up is its own letters."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
