"""Sessions of people: registered when they begin, ended from elsewhere, forgotten when they are over."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.directory.models import User
from accounts.sessions import log, state
from accounts.sessions.models import OpenSession


def sessions_of(user: Any) -> Any:
    """The sessions of `user` that are still good, the one used last first; nobody else's."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return OpenSession.objects.filter(user=user, session_key__in=alive)


def register(request: HttpRequest, user: User) -> None:
    """Write the session of this request into the list, or note that it was used just now."""
    if not request.session.session_key:
        request.session.save()
    known = state.of(request) or {}
    shown = {name: known.get(name, "") for name in ("factor", "way")}
    used = {"seen_at": timezone.now(), **shown, **log.traces_of(request)}
    begun = state.moment(known.get("at", timezone.now().timestamp()))
    OpenSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, **used},
        create_defaults={"user": user, "begun_at": begun, **used},
    )


def end(user: User, key: int, request: HttpRequest) -> bool:
    """End one of the user's own sessions; False when there is no such one."""
    found = OpenSession.objects.filter(user=user, pk=key).first()
    if found is None:
        return False
    _end(found)
    log.write(request, log.Outcome.ENDED, user, factor=found.factor, way=found.way)
    return True


def end_all(user: User, *, keep: str | None = None) -> int:
    """End every session of `user` but the one with the key `keep`; return how many."""
    others = OpenSession.objects.filter(user=user).exclude(session_key=keep or "")
    for found in others:
        _end(found)
    return len(others)


def end_others(request: HttpRequest, user: User) -> int:
    """End every session of `user` but this one; return how many."""
    return end_all(user, keep=request.session.session_key)


def is_listed(request: HttpRequest) -> bool:
    """Tell whether the session of this request is in the list."""
    return OpenSession.objects.filter(session_key=request.session.session_key or "").exists()


def forget(request: HttpRequest) -> None:
    """Take the session of this request from the list: it is about to end."""
    OpenSession.objects.filter(session_key=request.session.session_key or "").delete()


def forget_over() -> int:
    """Delete sessions that are over, and the rows of sessions that are gone; the worker does it every night."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    return OpenSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]


def _end(found: OpenSession) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore().delete(found.session_key)
    found.delete()
