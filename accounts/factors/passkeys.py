"""A passkey asked for in the middle of a page, for one purpose: a challenge of its own, good for minutes and one try.

Allauth keeps one challenge for signing in and showing anew; an answer to that one serves nothing here, and one given
here signs nobody in.
"""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.factors import once
from accounts.factors.forms import UNREADABLE, require_own_origin
from accounts.rate_limits import spend
from accounts.sessions import log
from ui.json_bodies import loads

KEPT = "accounts.factors.passkeys"
GOOD_FOR_S = 600
LONGEST = 20_000
"""Characters of an answer; browsers send some 1,500."""


def has_passkey(user: Any) -> bool:
    """Tell whether the account has a passkey."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def enters_by_passkey(user: Any, without: int | None = None) -> bool:
    """Tell whether a passkey, but the one with the key `without`, opens the account by itself.

    One that the device keeps no entry of is a second factor only.
    """
    passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exclude(pk=without)
    return any(passkey.wrap().is_passwordless is not False for passkey in passkeys)


def challenge(request: HttpRequest, user: Any, purpose: str) -> dict[str, Any]:
    """Return what the browser needs to ask one of the user's passkeys; replaces an older challenge of the session."""
    options, state = auth.get_server().authenticate_begin(credentials=auth.get_credentials(user))
    request.session[KEPT] = {"purpose": purpose, "at": time.time(), "state": state}
    return dict(options)


def takes(request: HttpRequest, user: Any, purpose: str, answer: str) -> bool:
    """Tell whether `answer` is of one of the user's passkeys to the session's challenge for this purpose.

    The challenge is used up whatever comes of it. Raises TooMany.
    """
    kept = request.session.pop(KEPT, None)
    for limit in once.TRIES:
        spend(limit, f"user:{user.pk}")
    good = (
        kept is not None
        and kept["purpose"] == purpose
        and time.time() - kept["at"] < GOOD_FOR_S
        and _is_signed(user, kept["state"], answer)
    )
    if not good:
        log.write(request, log.Outcome.WRONG_FACTOR, user, factor=Authenticator.Type.WEBAUTHN)
    return good


def _is_signed(user: Any, state: Any, answer: str) -> bool:
    if len(answer) > LONGEST:
        return False
    try:
        given = loads(answer)
        require_own_origin(given)
        auth.parse_authentication_response(given)
        auth.get_server().authenticate_complete(state, auth.get_credentials(user), given)
    except (ValidationError, *UNREADABLE):
        return False
    return True
