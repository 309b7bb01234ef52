"""`manage.py prepare`: migrations and, in the demonstration, its data; one process, for each costs seconds to load."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from geo_portal import session_limits


class Command(BaseCommand):
    # The worker, started right after, runs them all; here they would load every page only for that.
    requires_system_checks = []
    help = "Bring the database up to date; with DEMO=1 load the demo district if the database is empty."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        session_limits.keep()
        # Samples of a release that kept no months; nothing to do from then on.
        call_command("assess_months", missing=True, stdout=StringIO())
        if settings.DEMO:
            call_command("load_demo", if_empty=True, stdout=self.stdout, stderr=self.stderr)
