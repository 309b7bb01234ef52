"""An identity that was shown just now and opens no account yet, kept in the session until somebody binds it."""

import time

from django.http import HttpRequest

from accounts.identities.services import Identity

KEY = "signin-identity"
GOOD_FOR_S = 600


def keep(request: HttpRequest, identity: Identity, way: str, next_url: str = "") -> None:
    """Keep it for ten minutes, in place of an older one."""
    request.session[KEY] = {
        "kind": identity.kind, "uid": identity.uid, "name": identity.name, "known": identity.known, "way": way,
        "next": next_url, "at": time.time(),
    }  # fmt: skip


def identity_of(request: HttpRequest) -> Identity | None:
    """Return what the session keeps; None for nothing, or where its time is over."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    if time.time() - kept["at"] > GOOD_FOR_S:
        forget(request)
        return None
    return Identity(kept["kind"], kept["uid"], kept["name"], kept["known"])


def next_of(request: HttpRequest) -> str:
    """Where she wanted to go; empty for nowhere."""
    return str((request.session.get(KEY) or {}).get("next", ""))


def forget(request: HttpRequest) -> None:
    """Keep it no longer."""
    request.session.pop(KEY, None)
