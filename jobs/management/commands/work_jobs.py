"""`manage.py work_jobs`: the workers of all lanes, or of some."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from jobs import runner
from jobs.lanes import Lane


class Command(BaseCommand):
    help = "Work on queued jobs until stopped; workers that end are started again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--lanes", nargs="+", choices=list(Lane), default=list(Lane), help="default: all")

    def handle(self, *args: Any, **given: Any) -> None:
        runner.run([Lane(name) for name in given["lanes"]])
