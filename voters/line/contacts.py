"""How to reach a voter, kept so that a copy of the database tells nobody: AES-GCM with a key of the site's secret."""

import base64
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput, FieldError
from ui.forms.mailboxes import is_mailbox

NONCE_BYTES = 12
PURPOSE = b"voters.contact"
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")
WECHAT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{4,29}")


class Reach(models.TextChoices):
    """How a voter wants to be reached."""

    NONE = "none", gettext_lazy("不用联系我，我自己来看")
    PHONE = "phone", gettext_lazy("电话")
    WECHAT = "wechat", gettext_lazy("微信号")
    EMAIL = "email", gettext_lazy("电子邮箱")


def check_contact(reach: str, contact: str) -> str:
    """Return the contact as it is kept; nothing for none. Raises BadInput with an error beside the field."""
    contact = contact.strip()
    if reach not in Reach.values:
        raise _wrong("reach", "unknown", _("请选择联系方式。"))
    if reach == Reach.NONE:
        return ""
    if not contact:
        raise _wrong("contact", "required", _("请填写，或者选“不用联系我”。"))
    if not _fits(reach, contact):
        raise _wrong("contact", "invalid", _("看不出是%s，请核对。") % Reach(reach).label)
    return contact.lower() if reach == Reach.EMAIL else contact


def _fits(reach: str, contact: str) -> bool:
    if reach == Reach.EMAIL:
        return is_mailbox(contact) and len(contact) <= 120
    return (PHONE if reach == Reach.PHONE else WECHAT).fullmatch(contact) is not None


def lock_up(contact: str) -> str:
    """Encrypt a contact; an empty one stays empty."""
    if not contact:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, contact.encode(), PURPOSE)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def open_up(kept: str) -> str:
    """Decrypt a contact; empty where it cannot be, because the site's secret has been changed without a fallback."""
    raw = base64.urlsafe_b64decode(kept) if kept else b""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) if raw else ():
        try:
            return AESGCM(_key(str(secret))).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE).decode()
        except InvalidTag:
            continue
    return ""


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def _wrong(field: str, code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-contact", errors=[FieldError(field, code, message)])
