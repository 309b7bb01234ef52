"""Erasing why deputies could not come to an activity, on a lawful ground: that they had leave stays."""

from accounts.erasure import erase_words
from accounts.permissions import Asker
from stations.activities.models import SignUp


def erase_sign_up(actor: Asker, sign_up: SignUp, reason: str) -> int:
    """Erase the reason of a deputy's leave; how many rows held something. Raises as `erase_words`."""
    return erase_words(actor, "erase-sign-up", sign_up, sign_up.activity.area, reason)
