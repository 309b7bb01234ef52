"""What the inbox answers, as tests of it ask, and the noon at which they do."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from geo_portal.work.inbox import Choice, look

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


def kinds(user, today=None, **choice):
    """Kind -> how many, of what `user` has to do."""
    found = look(user, Choice(**choice), today or timezone.localdate())
    return {waiting.kind: count for waiting, count in found.kinds}


def titles(user, **choice):
    found = look(user, Choice(**choice), timezone.localdate())
    return [row.item.title for group in found.groups for row in group.rows]


def rows(user, **choice):
    found = look(user, Choice(**choice), timezone.localdate())
    return [row for group in found.groups for row in group.rows]
