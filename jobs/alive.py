"""`python -m jobs.alive LANE...`: the health check of workers.

It exits with 0 when each lane has a live worker on this machine, with 1 when one has none, with 2 when the database
cannot be asked. It loads nothing of the site: that takes seconds of a processor, each half minute in each container,
and on a busy machine longer than a health check may.
"""

import os
import socket
import sys
from collections.abc import Sequence
from typing import Any

import psycopg2

from jobs.lanes import LEASE

CONNECT_SECONDS = 5
_ALIVE = """
    SELECT DISTINCT lane FROM jobs_worker
    WHERE host = %s AND heartbeat >= statement_timestamp() - make_interval(secs => %s)
"""


def silent_lanes(cursor: Any, wanted: Sequence[str], host: str) -> list[str]:
    """Return those without a live worker on this machine."""
    cursor.execute(_ALIVE, [host, LEASE.total_seconds()])
    alive = {lane for (lane,) in cursor.fetchall()}
    return [lane for lane in wanted if lane not in alive]


def main(wanted: Sequence[str], address: str) -> int:
    """Ask the database at `address` (`postgis://` or libpq's own) and return the exit code."""
    try:
        line = psycopg2.connect(address.replace("postgis://", "postgresql://", 1), connect_timeout=CONNECT_SECONDS)
        with line, line.cursor() as cursor:
            silent = silent_lanes(cursor, wanted, socket.gethostname())
        line.close()
    except psycopg2.OperationalError as error:
        sys.stderr.write(str(error))
        return 2
    if silent:
        sys.stderr.write("no live worker for: " + ", ".join(silent) + "\n")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ["DATABASE_URL"]))
