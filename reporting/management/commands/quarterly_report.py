"""`manage.py quarterly_report 2026Q3 OUT.pdf`: the quarterly supervision report of the district as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from reporting.quarterly.quarter import read_quarter
from reporting.quarterly.report import WRITERS, prepare
from ui.commands import AnsweringCommand


class Command(AnsweringCommand):
    name = "quarterly_report"
    help = "Make the quarterly supervision report; the suffix of each OUT says the format (.pdf, .docx, .xlsx)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("quarter", help="such as 2026Q3")
        parser.add_argument("out", nargs="+", type=Path, help="one or more files")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        paths: list[Path] = given["out"]
        span = read_quarter(given["quarter"])
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

    def print_result(self, body: dict[str, Any]) -> None:
        for name, size in body["files"].items():
            self.stdout.write(f"{body['quarter']}: {name}, {size} bytes")
