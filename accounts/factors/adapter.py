"""How allauth keeps and names second factors here: secrets encrypted, passkeys bound to the site's own address."""

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.district import current
from accounts.factors import policy
from accounts.factors.passkeys import enters_by_passkey
from ui.qr import qr_svg

MUST_STAY = gettext_lazy("您的角色须有两步验证。请先添加另一种，再取消这一种。")


def why_it_stays(authenticator: Authenticator) -> str:
    """Return why a factor may not be taken away: the last of somebody who must have one, the only way into an account.

    Empty where it may.
    """
    user, key = authenticator.user, authenticator.pk
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return ""
    if policy.is_required(user.role) and not policy.factors_of(user).exclude(pk=key).exists():
        return str(MUST_STAY)
    is_passkey = authenticator.type == Authenticator.Type.WEBAUTHN
    others = (
        user.has_usable_password()
        or SocialAccount.objects.filter(user=user).exists()
        or enters_by_passkey(user, without=key)
    )
    return _("这是您唯一的登录方式，请先设置密码或添加通行密钥。") if is_passkey and not others else ""


class FactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted with a key made from the site's, so a copy of the database alone gives no codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": MUST_STAY,
        "cannot_generate_recovery_codes": gettext_lazy("请先添加动态码或通行密钥，再生成恢复码。"),
        "incorrect_code": gettext_lazy("验证没有通过，请再试一次。"),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises a ValidationError for what another site's key has encrypted: a code for it is wrong."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise self.validation_error("incorrect_code") from None

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return str(current().title)

    def build_totp_svg(self, url: str) -> str:
        return qr_svg(url)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not why_it_stays(authenticator)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("通行密钥 %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host of `SITE_URL`, whatever host a request names."""
        return {"id": settings.SITE_HOST, "name": str(current().title)}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.username, "display_name": str(user)}


def _box() -> MultiFernet:
    """The key in use first, then those that `SECRET_KEY_FALLBACKS` still names."""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _fernet(key: str | bytes) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"accounts.factors").derive(force_bytes(key))
    return Fernet(base64.urlsafe_b64encode(derived))
