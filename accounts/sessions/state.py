"""What a session knows of its own sign-in, kept in the session itself: most requests ask nothing of the database."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

KEY = "signin"


def begin(request: HttpRequest, user: Any, factor: str = "", way: str = "", *, must_enrol: bool = False) -> None:
    """Somebody was let in just now. The session's row follows (`services.register`)."""
    now = timezone.now().timestamp()
    known = {"at": now, "seen": now, "role": user.role, "factor": factor, "way": way, "must_enrol": must_enrol}
    request.session[KEY] = known


def of(request: HttpRequest) -> dict[str, Any] | None:
    """Return the state; None for a session from before there was one."""
    return request.session.get(KEY)


def note(request: HttpRequest, **changes: Any) -> None:
    """Change a part of the state."""
    request.session[KEY] = {**(of(request) or {}), **changes}


def moment(seconds: float) -> datetime:
    """Return a moment of the state as a date with zone."""
    return datetime.fromtimestamp(seconds, tz=timezone.get_current_timezone())
