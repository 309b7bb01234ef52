"""What the log does not say: addresses that are somebody's secret, such as a reporter's or a booking's own page."""

import logging
import re
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from ui.secret_addresses import prefixes

_LONG_PART = re.compile(r"/[\w-]{16,}")
"""Stands in while the addresses of the site are being read: secrets are long, names of pages are not."""


class DiscreetFilter(logging.Filter):
    """Puts a dash where such a secret stands in a message or in what is set into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _covered(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_covered(value) for value in record.args)
        return True


@cache
def secret_addresses() -> tuple[str, ...]:
    """Below these the next part of a path is the secret: what the URLconf marks with `<secret:…>`.

    `ops/container/nginx.conf` knows the same ones. Raises ImproperlyConfigured while the URLconf is being read."""
    return tuple(dict.fromkeys(prefixes(get_resolver().url_patterns)))


@cache
def _of_the_site() -> re.Pattern[str]:
    # A link in a letter names its row first and opens it by what is signed: `my/mail/5/<signature>/`.
    return re.compile(rf"/({'|'.join(map(re.escape, secret_addresses()))})/(?:mail/\d+/)?[^/\s?]+")


def _secret() -> re.Pattern[str]:
    if not apps.ready:
        return _LONG_PART
    try:
        return _of_the_site()
    except (ImproperlyConfigured, ImportError):
        return _LONG_PART


def _covered(value: Any) -> Any:
    if not isinstance(value, str) or "/" not in value:
        return value
    found = _secret()
    return found.sub(r"/-" if found is _LONG_PART else r"/\1/-", value)
