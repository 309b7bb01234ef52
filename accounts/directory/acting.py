"""Who acts in the statement that is being run, for triggers that write down who changed a row.

A trigger sees no request. `User.save` hands it the account by a setting of the transaction, `house.actor`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

_asking: ContextVar[Any] = ContextVar("the request that is answered", default=None)
_acting: ContextVar[Any] = ContextVar("the account that a service acts for", default=None)
_rehashing: ContextVar[bool] = ContextVar("the same password is hashed anew", default=False)


class ActingMiddleware:
    """Keeps the request while it is answered; who is signed in is read only when a credential changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _asking.set(request)
        try:
            return self.get_response(request)
        finally:
            _asking.reset(token)


@contextmanager
def acting(account: Any) -> Iterator[None]:
    """Name who acts for the length of a block, whoever asked."""
    token = _acting.set(account)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def rehashing() -> Iterator[None]:
    """What is saved in this block is the same password in a newer hash: no change of credentials."""
    token = _rehashing.set(True)
    try:
        yield
    finally:
        _rehashing.reset(token)


def current_account() -> int | None:
    """The key of the account that acts; None for a visitor, a private link, a command or a job."""
    account = _acting.get() or getattr(_asking.get(), "user", None)
    return account.pk if account is not None and account.is_authenticated else None


def tell_triggers() -> None:
    """Set `house.actor` and `house.rehash` for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('house.actor', %s, true), set_config('house.rehash', %s, true)",
            [str(current_account() or ""), "on" if _rehashing.get() else ""],
        )
