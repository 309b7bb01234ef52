"""Allauth's forms of second factors with our limits, our log and the site's own origin."""

import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from accounts.factors import once
from accounts.sessions import log, state
from ui.json_bodies import StrictDecoder, loads
from ui.text.codes import typed_code

UNREADABLE = (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError, struct.error)
"""What the library raises for an answer that is none: it reads JSON and CBOR, which nest."""
NAME_LENGTH = 60


class _Code(forms.Form):
    """A field for six digits, or for a recovery code."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["code"]
        field.label, field.max_length = _("动态码"), 40
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        field.widget.attrs.pop("placeholder", None)


class _CheckedCode(_Code):
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("动态码或恢复码")

    def clean_code(self) -> str:
        once.count_try(self.user)
        self.cleaned_data["code"] = typed_code(self.cleaned_data["code"])
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's, which stands behind in the order
        if self.authenticator.type == Authenticator.Type.TOTP and not once.use_up(self.authenticator, code):
            log.write(context.request, log.Outcome.WRONG_FACTOR, self.user, factor=Authenticator.Type.TOTP)
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_CheckedCode, base.AuthenticateForm):
    """The code at sign-in."""


class ReauthenticateForm(_CheckedCode, base.ReauthenticateForm):
    """The code before something that matters."""


class ActivateTOTPForm(_Code, totp.ActivateTOTPForm):
    """The first code of an authenticator app."""

    def clean_code(self) -> str:
        once.count_try(self.user)
        self.cleaned_data["code"] = typed_code(self.cleaned_data["code"])
        code = str(super().clean_code())
        state.note(context.request, totp_step=once.step_of(self.secret, code))
        return code


class _Passkey(forms.Form):
    """A browser's answer to our challenge, given to this very site."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["credential"]
        field.decoder = StrictDecoder

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        require_own_origin(credential)
        check = getattr(super(), "clean_credential", None)  # of a new passkey, `clean` checks it
        return self._checked(check) if check else credential

    def _checked(self, check: Callable[[], Any]) -> Any:
        """Run a check of allauth's; whatever the browser sent that cannot be read is refused like a wrong answer."""
        try:
            return check()
        except UNREADABLE as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def full_clean(self) -> None:
        super().full_clean()
        if self.errors.get("credential") or self.non_field_errors():
            log.write(context.request, log.Outcome.WRONG_FACTOR, self.user, factor=Authenticator.Type.WEBAUTHN)


class AddWebAuthnForm(_Passkey, webauthn.AddWebAuthnForm):
    """A new passkey and its name."""

    def clean(self) -> Any:
        return self._checked(super().clean)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_field(self.fields["name"])
        self.fields["passwordless"].label = _("以后可以不输密码，只用它登录")
        self.fields["passwordless"].help_text = _("设备会要求指纹、人脸或 PIN。")
        self.fields["passwordless"].initial = True


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_field(self.fields["name"])


class AuthenticateWebAuthnForm(_Passkey, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second factor."""


class LoginWebAuthnForm(_Passkey, webauthn.LoginWebAuthnForm):
    """A passkey in place of the password."""


class ReauthenticateWebAuthnForm(_Passkey, webauthn.ReauthenticateWebAuthnForm):
    """A passkey before something that matters."""


def _name_field(field: Any) -> None:
    field.label, field.max_length = _("名称"), NAME_LENGTH
    field.help_text = _("便于您认出它，例如：办公电脑、手机。")
    field.validators = [*field.validators, _not_too_long]


def _not_too_long(name: str) -> None:
    if len(name) > NAME_LENGTH:
        raise ValidationError(_("名称最多 60 个字。"), code="max_length")


def require_own_origin(credential: Any) -> None:
    """Refuse what was signed for another origin: a name below ours is another site."""
    try:
        client = loads(websafe_decode(credential["response"]["clientDataJSON"]))
        signed_for = client["origin"]
    except (KeyError, TypeError, ValueError):
        raise get_adapter().validation_error("incorrect_code") from None
    ours = urlsplit(settings.SITE_URL)
    if signed_for != f"{ours.scheme}://{ours.netloc}":
        raise get_adapter().validation_error("incorrect_code")
