"""Listen for automatic water-quality stations that speak HJ 212."""

import asyncio
import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections

from river_monitoring.samples.hj212.dialects import DIALECTS_DIR, Dialects, load_dialects
from river_monitoring.samples.hj212.intake import known_addresses, log_fault, store
from river_monitoring.samples.hj212.limits import Limits
from river_monitoring.samples.hj212.server import Listener

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "接收自动监测站按 HJ 212 上报的数据，直到收到终止信号。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址")
        parser.add_argument("--port", type=int, default=9212, help="监听端口；0 为任选一个")
        parser.add_argument(
            "--per-address", type=int, default=Limits().per_address, help="同一来源地址最多同时连接多少个站"
        )
        parser.add_argument("--idle", type=float, default=Limits().idle, help="多少秒没有数据就断开")

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(
            self._listen(
                options["host"], options["port"], Limits(idle=options["idle"], per_address=options["per_address"])
            )
        )

    async def _listen(self, host: str, port: int, limits: Limits) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopped.set)
        listener = Listener(_lasting(store), _lasting(log_fault), limits, _dialects())
        try:
            listener.trust(await asyncio.to_thread(_lasting(known_addresses)))
        except OperationalError:
            logger.exception("could not ask from where stations reported last")
        port = await listener.start(host, port)
        self.stdout.write(f"listening on {host}:{port}")
        self.stdout.flush()
        await stopped.wait()
        await listener.stop()


def _dialects() -> Dialects:
    """The versions of HJ 212 as shipped, and those of this deployment. Raises CommandError for a bad file."""
    own = [Path(settings.NORMS_DIR) / "hj212"] if settings.NORMS_DIR else []
    try:
        found = load_dialects(DIALECTS_DIR, *own)
    except ValueError as error:
        raise CommandError(str(error), returncode=2) from error
    for dialect in found.values():
        if not dialect.verified:
            logger.warning("HJ 212-%d is read as %s; its text was not verified", dialect.year, dialect.source)
    return found


def _lasting[**P, R](call: Callable[P, R]) -> Callable[P, R]:
    """The listener runs for months: before each use, give up a connection that the database has closed meanwhile."""

    def fresh(*args: P.args, **kwargs: P.kwargs) -> R:
        close_old_connections()
        return call(*args, **kwargs)

    return fresh
