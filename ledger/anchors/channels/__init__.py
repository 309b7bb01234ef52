"""The places outside that anchors go to, as configured in `settings.ANCHORS`."""

from collections.abc import Iterator

from django.conf import settings


def places() -> Iterator[tuple[str, str]]:
    """Channel and target of each place; a target is an address that is no secret."""
    yield from (("tsa", url) for url in settings.ANCHORS["timestamps"])
    yield from (("peer", url) for url in settings.ANCHORS["peers"])
    yield from (("mail", address) for address in settings.ANCHORS["witnesses"])
