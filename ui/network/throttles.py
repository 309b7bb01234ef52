"""Throttles of the REST framework that count who asks as every other limit does (`addresses.address_of`)."""

from typing import Any

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from ui.network.addresses import address_of


class _ByAddress:
    """The framework's own reading takes each IPv6 address apart, of which one household has more than can be counted,
    and believes a client that comes past a proxy."""

    def get_ident(self, request: Any) -> str:
        return address_of(request)


class PublicThrottle(_ByAddress, AnonRateThrottle):
    """How often one network address asks without signing in."""


class PersonThrottle(_ByAddress, UserRateThrottle):
    """How often one person asks, or one network address without signing in."""
