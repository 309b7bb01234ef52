"""`manage.py send_digests`: write today's digests now. The worker does it every morning by itself."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.notices.digest import send_digests


class Command(BaseCommand):
    help = "Write today's digest for everybody who wants one. A second run on the same day writes none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help='print {"digests": N}')

    def handle(self, *args: Any, json: bool = False, **options: Any) -> None:
        count = send_digests()
        self.stdout.write(f'{{"digests": {count}}}' if json else f"{count} digests written.")
