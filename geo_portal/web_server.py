"""`python -m geo_portal.web_server`: the site over HTTP.

What the site needs is loaded once, in a process that listens nowhere and answers nobody; the servers are forks of it.
Loading takes 4 s of a processor and three times as long on a busy machine, a fork some milliseconds: a server that was
killed, or that ended itself because nothing moved in it any more, serves again at once.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from geo_portal import hang_guard
from geo_portal.wsgi import application
from ops.forks import Fork, Forks, end_with

FAILURES = 5
"""A server that ends by itself so often, each time within seconds of its start, will not stay up."""
GRACE_SECONDS = 12.0
"""For the requests that are being answered when the site is asked to stop."""


def main() -> int:
    """Serve until SIGTERM or SIGINT."""
    options = _parser().parse_args()
    serve = partial(_serve, options.host, options.port, options.threads)
    names = ["server", *(f"server {number}" for number in range(2, options.servers + 1))]
    forks = [Fork(name, serve, before=connections.close_all) for name in names]
    return Forks(forks, say=_say, grace=GRACE_SECONDS, failures=FAILURES).run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="web_server", description="Serve the site over HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--servers", type=int, default=1, help="which share the port")
    parser.add_argument("--threads", type=int, default=96, help="of each server, on which requests are answered")
    return parser


def _serve(host: str, port: int, threads: int) -> int:
    """One server with one process of its own for requests; the exit code."""
    server = Granian(
        "geo_portal.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=threads, respawn_failed_workers=True, respawn_interval=0.2, websockets=False,
        log_level=LogLevels.error,
    )  # fmt: skip
    server.serve(target_loader=partial(_begin, os.getpid()), wrap_loader=False)
    return 0


def _begin(parent: int) -> Callable[..., Any]:
    """In the process that answers requests, before the first: it goes with its server, and ends when nothing moves."""
    end_with(parent, by=signal.SIGKILL)
    hang_guard.start()
    return application


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} web: {line}", file=sys.stderr, flush=True)  # noqa: T201 - logs of the container


if __name__ == "__main__":
    sys.exit(main())
