"""Who acts: a person who is signed in, a visitor, the site itself, or nobody at all."""

from typing import Any, Protocol


class Acts(Protocol):
    """Anybody or anything that can take a step; only an account is `is_authenticated`."""

    @property
    def is_authenticated(self) -> Any: ...


class Site:
    """The site itself: a day has come, or something has happened elsewhere."""

    is_authenticated = False


SITE = Site()

type Actor = Acts | None
"""A user, Django's anonymous user, a room's stand-in for who holds a private link, the `SITE`; None for a rule."""


def account_of(actor: Actor) -> Any:
    """The user to write down as the one who acted, or None where it was nobody with an account."""
    return actor if actor is not None and actor.is_authenticated else None
