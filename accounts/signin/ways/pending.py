"""An identity that was shown just now and opens no account yet, kept in the session until somebody binds it.

It is bound by whoever began: an account that was signed in then, or nobody yet, by a code. A session goes on when
somebody signs in, and what another person showed in this browser before is not hers.
"""

import time

from django.http import HttpRequest

from accounts.identities.services import Identity

KEY = "signin-identity"
GOOD_FOR_S = 600


def keep(request: HttpRequest, identity: Identity, way: str, next_url: str = "", begun_by: int | None = None) -> None:
    """Keep it for ten minutes, in place of an older one; `begun_by` is the key of the account that began."""
    request.session[KEY] = {
        "kind": identity.kind, "uid": identity.uid, "name": identity.name, "known": identity.known, "way": way,
        "next": next_url, "at": time.time(), "begun_by": begun_by,
    }  # fmt: skip


def identity_of(request: HttpRequest) -> Identity | None:
    """Return what the session keeps; None for nothing, where its time is over, or where the asker did not begin it."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    if time.time() - kept["at"] > GOOD_FOR_S or kept.get("begun_by") != request.user.pk:
        forget(request)
        return None
    return Identity(kept["kind"], kept["uid"], kept["name"], kept["known"])


def next_of(request: HttpRequest) -> str:
    """Where she wanted to go; empty for nowhere."""
    return str((request.session.get(KEY) or {}).get("next", ""))


def forget(request: HttpRequest) -> None:
    """Keep it no longer."""
    request.session.pop(KEY, None)
