"""`manage.py export_package OUT.zip`: what this instance shows, signed (docs/exchange.md)."""

import argparse
from pathlib import Path
from typing import Any

from exchange.sending.services import export_package
from exchange.standard.kinds import KINDS
from geokit.refusal import BadInput
from ui.commands import AnsweringCommand


class Command(AnsweringCommand):
    name = "export_package"
    help = "Write a signed package of what this instance shows to others (docs/exchange.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("target", type=Path, help="a new file that ends in .zip")
        parser.add_argument("--to", default="", help="the code of a partner: what is agreed with it, for it alone")
        parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=[], help="these only")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            written = self._write(given)
        except OSError as error:
            raise BadInput(str(error), code="not-written") from error
        for reason in written.reasons:
            self.stderr.write(f"export_package: left out: {reason}")
        return {
            "status": "exported", "file": str(given["target"]), "records": dict(written.records),
            "files": written.files, "left_out": written.left_out,
        }  # fmt: skip

    def print_result(self, body: dict[str, Any]) -> None:
        self.stdout.write(f"{body['file']}: {body}")

    def _write(self, given: dict[str, Any]) -> Any:
        target: Path = given["target"]
        if target.suffix.lower() != ".zip" or target.exists():
            raise BadInput("the target must be a new file that ends in .zip", code="target")
        half = target.with_name(f".{target.name}.half")
        try:
            written = export_package(half, to=given["to"], kinds=given["kinds"])
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
        return written
