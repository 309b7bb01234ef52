"""Text messages of Alibaba Cloud (Dysmsapi 2017-05-25, SendSms), signed with ACS3-HMAC-SHA256.

The signature is tested by the example that the provider publishes for it; its servers were not asked.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

from django.utils import timezone

from accounts.notices.channels.base import NotDelivered, verdict
from geokit.fetching import https

HOST = "dysmsapi.aliyuncs.com"
ALGORITHM = "ACS3-HMAC-SHA256"
UNKNOWN = frozenset({"isv.MOBILE_NUMBER_ILLEGAL", "isv.BLACK_KEY_CONTROL_LIMIT"})
NEVER = frozenset({
    "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS",
    "isv.TEMPLATE_PARAMS_ILLEGAL", "isv.INVALID_PARAMETERS", "isv.INVALID_JSON_PARAM", "isv.PARAM_LENGTH_LIMIT",
    "isv.PARAM_NOT_SUPPORT_URL",
})  # fmt: skip


def send(given: Mapping[str, str], phone: str, template: str, values: Mapping[str, str]) -> None:
    """Send one text message. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    query = {
        "PhoneNumbers": phone, "SignName": given["SMS_SIGN"], "TemplateCode": template,
        "TemplateParam": json.dumps(values, ensure_ascii=False),
    }  # fmt: skip
    written = canonical_query(query)
    headers = signed_headers("SendSms", "2017-05-25", HOST, timezone.now(), uuid4().hex)
    headers["Authorization"] = authorization(given["SMS_KEY_ID"], given["SMS_KEY_SECRET"], written, headers)
    _status, answer = https.post(f"https://{HOST}/?{written}", headers, b"")
    _judge(answer)


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted, each name and value percent-encoded as RFC 3986 has it."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def signed_headers(action: str, version: str, host: str, now: datetime, nonce: str) -> dict[str, str]:
    """The headers that are signed, for a request without a body."""
    return {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }


def authorization(key_id: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """The header Authorization over query and headers of a POST to `/` without a body."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def _judge(answer: bytes) -> None:
    try:
        said = json.loads(answer)
        code = str(said["Code"])
    except (ValueError, TypeError, KeyError):
        raise NotDelivered("no answer of the service") from None
    if code == "OK":
        return
    raise verdict(code, UNKNOWN, NEVER)(code[:80])
