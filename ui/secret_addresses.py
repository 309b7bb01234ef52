"""`<secret:token>` in an address: who has it needs no other proof, so no log has it (`geo_portal/log_redaction.py`)."""

from collections.abc import Iterator
from typing import Any

from django.urls import ResolverMatch, URLPattern
from django.urls.converters import StringConverter

NAME = "secret"


class SecretConverter(StringConverter):
    """Takes what `<str:…>` takes. `UiConfig` registers it, so it is there before any room's addresses are read."""


def is_secret(found: ResolverMatch | None) -> bool:
    """Tell whether the address that led there has a secret in it, so that no other address may repeat it."""
    return found is not None and f"<{NAME}:" in found.route


def prefixes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """What stands before the secret in each address that has one, without slashes at its ends: `projects/follow`."""
    for item in patterns:
        here = before + str(item.pattern)
        if not isinstance(item, URLPattern):
            yield from prefixes(item.url_patterns, here)
        elif f"<{NAME}:" in here:
            yield here.partition(f"<{NAME}:")[0].strip("/")
