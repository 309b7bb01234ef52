"""Text messages of Tencent Cloud (sms 2021-01-11, SendSms), signed with TC3-HMAC-SHA256.

The digest of the request is tested by the example that the provider publishes; its servers were not asked.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from django.utils import timezone

from accounts.notices.channels.base import NotDelivered, verdict
from geokit.fetching import https

HOST, SERVICE, ALGORITHM = "sms.tencentcloudapi.com", "sms", "TC3-HMAC-SHA256"
CONTENT_TYPE = "application/json; charset=utf-8"
SIGNED = "content-type;host;x-tc-action"
UNKNOWN = frozenset({"InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist"})
NEVER = frozenset({
    "FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.SignatureIncorrectOrUnapproved",
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "FailedOperation.ContainSensitiveWord",
    "InvalidParameterValue.TemplateParameterFormatError", "InvalidParameterValue.TemplateParameterLengthLimit",
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "UnauthorizedOperation.SdkAppIdIsDisabled",
})  # fmt: skip


def send(given: Mapping[str, str], phone: str, template: str, values: Mapping[str, str]) -> None:
    """Send one text message. Raises UnknownAddress, NeverDelivered, NotDelivered or OSError."""
    body = json.dumps(
        {
            "PhoneNumberSet": [f"+86{phone}"],
            "SmsSdkAppId": given["SMS_APP_ID"],
            "SignName": given["SMS_SIGN"],
            "TemplateId": template,
            "TemplateParamSet": list(values.values()),
        }
    ).encode()
    now = timezone.now()
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Authorization": authorization(given["SMS_KEY_ID"], given["SMS_KEY_SECRET"], body, now),
        "X-TC-Action": "SendSms",
        "X-TC-Timestamp": str(int(now.timestamp())),
        "X-TC-Version": "2021-01-11",
        "X-TC-Region": given.get("SMS_REGION") or "ap-guangzhou",
    }
    _status, answer = https.post(f"https://{HOST}/", headers, body)
    _judge(answer)


def digest_of_request(host: str, action: str, body: bytes) -> str:
    """SHA-256 of the canonical request: a POST to `/` without a query."""
    lines = f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    request = "\n".join(["POST", "/", "", lines, SIGNED, hashlib.sha256(body).hexdigest()])
    return hashlib.sha256(request.encode()).hexdigest()


def authorization(key_id: str, secret: str, body: bytes, now: datetime) -> str:
    """The header Authorization for SendSms with this body, now."""
    day = f"{now.astimezone(UTC):%Y-%m-%d}"
    scope = f"{day}/{SERVICE}/tc3_request"
    text = "\n".join([ALGORITHM, str(int(now.timestamp())), scope, digest_of_request(HOST, "SendSms", body)])
    key = f"TC3{secret}".encode()
    for part in (day, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={SIGNED}, Signature={signature}"


def _judge(answer: bytes) -> None:
    try:
        said = json.loads(answer)["Response"]
        code = str(said["Error"]["Code"] if "Error" in said else said["SendStatusSet"][0]["Code"])
    except (ValueError, TypeError, KeyError, IndexError):
        raise NotDelivered("no answer of the service") from None
    if code == "Ok":
        return
    raise verdict(code, UNKNOWN, NEVER)(code[:80])
