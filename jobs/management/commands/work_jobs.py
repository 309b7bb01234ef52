"""`manage.py work_jobs`: the workers of all lanes, or of some; `--check` for health checks."""

import argparse
import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from jobs import runner
from jobs.lanes import Lane
from jobs.watch import silent_lanes


class Command(BaseCommand):
    help = "Work on queued jobs until stopped; workers that end are started again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--lanes", nargs="+", choices=list(Lane), default=list(Lane), help="default: all")
        parser.add_argument(
            "--check", action="store_true", help="start nothing; exit 1 if a lane has no live worker on this machine"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        lanes = [Lane(name) for name in given["lanes"]]
        if given["check"]:
            self._check(lanes)
        else:
            runner.run(lanes)

    def _check(self, lanes: list[Lane]) -> None:
        """Exit 1 for silent lanes, 2 where the database cannot be asked."""
        try:
            silent = silent_lanes(lanes, host=socket.gethostname())
        except OperationalError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if silent:
            self.stderr.write("no live worker for: " + ", ".join(silent))
            sys.exit(1)
