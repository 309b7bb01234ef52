"""Every rule that a room declares, by key."""

from functools import cache
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts.rules.definition import Rule


@cache
def declared() -> dict[str, Rule]:
    """The rules of all rooms in the order of `settings.RULES`."""
    found: dict[str, Rule] = {}
    for module in settings.RULES:
        for rule in import_module(module).RULES:
            if rule.key in found:
                raise ImproperlyConfigured(f"two rules have the key {rule.key}")
            rule.stored(rule.default)
            found[rule.key] = rule
    return found


def rule_of(key: str) -> Rule:
    """Return the rule; raises KeyError for a key that no room declares."""
    return declared()[key]
