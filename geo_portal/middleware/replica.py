"""A web process on a streaming standby (`DATABASE_REPLICA_URL`): whom it does not serve, and how far behind it is.

It answers what anybody may read. Nothing of it can write: its sessions are read-only, and a view that tries all the
same ends as `reads-only` (`ui/unavailable.py`). Each such answer names a place of the proxy, which asks a web process
on the primary instead and passes on what that one says, so no list of addresses is kept anywhere. So does an answer
that the standby itself is away.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.tokens.reading import ADDRESS
from ui.refusals import answer_to
from ui.unavailable import READS_ONLY_CODE, reads_only

READING = {"GET", "HEAD", "OPTIONS"}
HANDED_ON = {READS_ONLY_CODE, "database-away", "tiles-unsure"}
"""Refusals that another web process may not have; one that took too long here would take too long there."""
ELSEWHERE = "@writing"
"""The proxy's place for what is for the primary (`ops/container/nginx.conf`); without a proxy people read the words."""
_STATE = """
SELECT recovering, receiving, CASE
    WHEN NOT recovering THEN 0
    WHEN receiving AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE greatest(0, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8) END
FROM (SELECT pg_is_in_recovery() AS recovering, EXISTS (SELECT pid FROM pg_stat_wal_receiver) AS receiving) AS now
"""


class ReadsOnlyMiddleware:
    """Serve those whom nothing tells apart; who writes, is signed in or brings a token is for the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = answer_to(request, reads_only()) if is_for_the_primary(request) else self.get_response(request)
        if answer.status_code == 503 and _code_of(answer) in HANDED_ON:
            answer.headers["X-Accel-Redirect"] = ELSEWHERE
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _code_of(answer: HttpResponse) -> str:
    """Why it was refused: a page says so in a header, a problem in its body."""
    code: str = answer.headers.get("X-Unavailable", "")
    if not code and answer.headers.get("Content-Type") == "application/problem+json":
        code = json.loads(answer.content)["code"]
    return code


def is_for_the_primary(request: HttpRequest) -> bool:
    """Whether the answer could write, or must know what this person has just written."""
    known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    known = known or request.path.startswith(ADDRESS)
    return known or request.method not in READING


@dataclass(frozen=True)
class ReplicaState:
    """What a standby says of itself."""

    recovering: bool
    """False once it has become the primary."""
    receiving: bool
    """Whether it is connected to the primary at this moment."""
    lag_s: float | None
    """Age of the last transaction it has applied, seconds; 0 when it has applied all that it was sent and still
    receives, None before the first."""

    @property
    def is_well(self) -> bool:
        return self.lag_s is not None and self.lag_s <= settings.REPLICA_MAX_LAG_S


def replica_state() -> ReplicaState:
    """Ask the standby that this process lives on. Its clock and the primary's are compared, so both need NTP."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        return ReplicaState(*cursor.fetchone())
