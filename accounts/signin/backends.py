"""Refuses the demonstration's passwords wherever this is not the demonstration."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

DEMO_PREFIX = "demo-"


class DemoPasswordGuard(BaseBackend):
    """Stands before the other backends; it lets nobody in, it only keeps out.

    Everybody who has read the README knows `demo-<name>`, so a database that once was the
    demonstration must not stay open. Django stops at PermissionDenied and asks no further backend,
    so this holds for every way of signing in.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        if not settings.DEMO and (password or "").startswith(DEMO_PREFIX):
            raise PermissionDenied
