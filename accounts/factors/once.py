"""What allauth counts in each process's own memory is counted here in the database: tries, and codes that were used."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.rate_limits import Limit, spend
from geokit.refusal import TooMany

TRIES = (Limit("factor-hour", 10, timedelta(hours=1)), Limit("factor-day", 30, timedelta(days=1)))
"""Whoever gets here knows the password. Thirty guesses a day at three codes in a million find one in thirty years."""
LAST = "last_step"


def count_try(user: Any) -> None:
    """Count a code that is about to be checked, by whoever it is. Raises ValidationError for one too many."""
    try:
        for limit in TRIES:
            spend(limit, f"user:{user.pk}")
    except TooMany as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from refusal


@transaction.atomic
def use_up(authenticator: Authenticator, code: str) -> bool:
    """Take a right TOTP code out of use, with every older one; False when that was done before, by any process."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    step = step_of(decrypt(row.data["secret"]), code)
    if step <= row.data.get(LAST, -1):
        return False
    row.data[LAST] = step
    row.save(update_fields=["data"])
    return True


def step_of(secret: str, code: str) -> int:
    """Return the newest step of half a minute around now whose code this is; -1 for none."""
    given = "".join(code.split())
    return max((step for step in yield_hotp_counters_from_time() if _is_code_of(secret, step, given)), default=-1)


def has_app(user: Any) -> bool:
    """Tell whether an authenticator app shows codes of this account."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def takes(user: Any, code: str) -> bool:
    """Tell whether `code` is one of her authenticator app's that nobody has used, and use it up. Raises TooMany."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if found is None:
        return False
    for limit in TRIES:
        spend(limit, f"user:{user.pk}")
    return use_up(found, code)


@transaction.atomic
def begin_after(authenticator: Authenticator, step: int) -> None:
    """Take the code that was typed to add an authenticator app out of use: it signs nobody in."""
    row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    row.data[LAST] = step
    row.save(update_fields=["data"])


def _is_code_of(secret: str, step: int, code: str) -> bool:
    return constant_time_compare(format_hotp_value(hotp_value(secret, step)), code)
