"""The lanes of the queue. Each has workers of its own, so what is slow in one never makes another wait."""

from datetime import timedelta
from enum import StrEnum

from django.conf import settings


class Lane(StrEnum):
    """What a worker takes: one lane and nothing else."""

    IMPORTS = "imports"
    """Uploads: inspecting and loading, each in a process of its own."""
    MAIL = "mail"
    """Notices on their way out."""
    EXPORTS = "exports"
    """Reports, pictures and copies that are computed."""
    DOWNLOADS = "downloads"
    """Large files that somebody who is signed in waits for."""
    PUBLIC_DOWNLOADS = "public-downloads"
    """The same for anybody: however many are asked for, nothing else waits for them."""
    VIDEOS = "videos"
    """Short videos, one after the other: each takes minutes of a processor."""
    SITE_VIDEOS = "site-videos"
    """Films of pages of the site, up to an hour each: what a citizen sends does not wait for them."""
    FETCHES = "fetches"
    """What is read from other people's servers: slow ones make nothing else wait."""
    CLOCKS = "clocks"
    """What every night and every minute asks for."""
    BACKUPS = "backups"
    """Copying everything, and proving that the copy can be restored: hours on a large site."""


LEASE = timedelta(seconds=60)
"""How long a claimed job belongs to its worker after the last heartbeat; after that any worker may claim it."""
BEAT_SECONDS = 10.0
ATTEMPTS = 5
"""A job whose worker vanished so often is given up: it may be what ends them."""


def workers_of(lane: Lane) -> int:
    """How many processes one runner has for a lane; WORKERS counts for those that compute."""
    return max(1, settings.WORKERS) if lane in (Lane.IMPORTS, Lane.EXPORTS) else 1


def longest(lane: Lane) -> timedelta:
    """How long one job may take before it is stopped as failed; an import stops itself first and says why."""
    if lane == Lane.MAIL:
        return timedelta(minutes=10)
    if lane == Lane.SITE_VIDEOS:
        return timedelta(hours=1)
    if lane == Lane.BACKUPS:
        return timedelta(hours=12)
    if lane == Lane.PUBLIC_DOWNLOADS:
        return timedelta(minutes=15)
    return timedelta(seconds=settings.IMPORT_SECONDS + 120)
