"""`manage.py quarterly_report 2026Q3 OUT.pdf`: the quarterly supervision report of the district as a file."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, Refusal
from reporting.quarterly.quarter import read_quarter
from reporting.quarterly.report import WRITERS, prepare

REFUSED = 2


class Command(BaseCommand):
    help = "Make the quarterly supervision report; the suffix of each OUT says the format (.pdf, .docx, .xlsx)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quarter", help="such as 2026Q3")
        parser.add_argument("out", nargs="+", type=Path, help="one or more files")
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            body = self._make(given["quarter"], given["out"])
        except Refusal as refusal:
            if given["json"]:
                error = {"code": refusal.code, "message": refusal.message}
                self.stdout.write(json.dumps({"status": "refused", "error": error}, ensure_ascii=False))
            self.stderr.write(f"quarterly_report: {refusal.code}: {' '.join(refusal.message.split())}")
            sys.exit(REFUSED)
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            for name, size in body["files"].items():
                self.stdout.write(f"{body['quarter']}: {name}, {size} bytes")

    def _make(self, quarter: str, paths: list[Path]) -> dict[str, Any]:
        span = read_quarter(quarter)
        for path in paths:
            if path.suffix.lstrip(".").lower() not in WRITERS:
                known = {"name": path.name, "known": "、".join(f".{suffix}" for suffix in WRITERS)}
                raise BadInput(_("“%(name)s”的格式不认识，应为 %(known)s。") % known, code="unknown-format")
            if not path.absolute().parent.is_dir():
                raise BadInput(_("文件夹“%s”不存在。") % path.parent, code="no-folder")
        made = prepare(span)
        files = {}
        for path in paths:
            body = made.write(path.suffix.lstrip(".").lower())
            path.write_bytes(body)
            files[str(path)] = len(body)
        return {"status": "made", "quarter": str(span), "files": files}
