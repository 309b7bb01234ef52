"""`manage.py work_import inspect|load JOB`: one import, within limits; called by `layers.importing.worker`."""

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError

from geokit.process_limits import limit_this_process
from layers.importing import jobs
from layers.importing.worker import EXIT_DATABASE_LOST

VERBS = {"inspect": jobs.inspect_upload, "load": jobs.run_import}


class Command(BaseCommand):
    help = "Inspect or load one queued import in this process, which ends with it. The worker calls it."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("job", type=int)

    def handle(self, *args: Any, **given: Any) -> None:
        limit_this_process(settings.IMPORT_MEMORY_MB, settings.IMPORT_SECONDS)
        try:
            VERBS[given["verb"]](given["job"])
        except (jobs.DatabaseLost, InterfaceError):
            sys.exit(EXIT_DATABASE_LOST)
