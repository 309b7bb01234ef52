"""Write the page of the docs about every setting of the district."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.rules.document import document

OUT_OF_DATE = 1


class Command(BaseCommand):
    requires_system_checks = ()  # it reads declarations only
    help = "Write docs/settings.md from the rules that the rooms declare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where it is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = settings.BASE_DIR / "docs" / "settings.md"
        text = document()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        self.stdout.write(path.name)
        if options["check"]:
            sys.exit(OUT_OF_DATE)
        path.write_text(text, encoding="utf-8")
