"""Draw every table of steps into the docs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ledger.steps.pictures import document
from ledger.steps.registry import all_tables

OUT_OF_DATE = 1
INDEX = "index.md"
"""Written by hand; it lists whatever lies beside it."""


class Command(BaseCommand):
    requires_system_checks = ()  # it reads tables, which are checked when they are made
    help = "把每张步骤表画进文档（docs/steps/<名称>.md）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs" / "steps", help="写到哪里")
        parser.add_argument("--check", action="store_true", help="只核对，不写；有过期的就以 1 退出")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        wanted = {folder / f"{name}.md": document(table) for name, table in all_tables().items()}
        stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
        orphans = [path for path in sorted(folder.glob("*.md")) if path not in wanted and path.name != INDEX]
        for path in [*stale, *orphans]:
            self.stdout.write(path.name)
        if options["check"]:
            sys.exit(OUT_OF_DATE if stale or orphans else 0)
        folder.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
        for path in orphans:
            path.unlink()
