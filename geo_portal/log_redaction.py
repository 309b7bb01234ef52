"""What the log does not say: addresses that are somebody's secret, such as a reporter's or a booking's own page."""

import logging
import re
from typing import Any

SECRET_ADDRESSES = (
    "my",
    "projects/follow",
    "projects/feedback/mine",
    "projects/rating/confirm",
    "stations/bookings",
    "invitations",
    "notices/confirm",
    "notices/unsubscribe",
)
"""Below these the next part of a path is the secret. `ops/container/nginx.conf` knows the same ones."""
_SECRET = re.compile(rf"/({'|'.join(SECRET_ADDRESSES)})/[^/\s?]+")


class DiscreetFilter(logging.Filter):
    """Puts a dash where such a secret stands in a message or in what is set into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _covered(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_covered(value) for value in record.args)
        return True


def _covered(value: Any) -> Any:
    return _SECRET.sub(r"/\1/-", value) if isinstance(value, str) else value
