"""How the commands on layers end: JSON or words on stdout, and one line on stderr with exit code 2 for a no."""

import argparse
import json
import sys
from abc import abstractmethod
from typing import Any

from django.core.management.base import BaseCommand

from geokit.refusal import Refusal

REFUSED = 2


class LayerCommand(BaseCommand):
    """A command that does one thing with one layer and answers with a JSON object."""

    name: str
    """What the line on stderr begins with."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")

    @abstractmethod
    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        """Do it and say what came of it. May raise Refusal, or return an answer that holds `error`."""

    @abstractmethod
    def print_result(self, body: dict[str, Any]) -> None:
        """Say a success in words."""

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            body = self.answer(given)
        except Refusal as refusal:
            body = self.refused(refusal, given)
        error = body.get("error")
        if given["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        elif not error:
            self.print_result(body)
        if error:
            self.stderr.write(f"{self.name}: {error['code']}: {' '.join(error['message'].split())}")
            sys.exit(REFUSED)

    @staticmethod
    def refused(refusal: Refusal, given: dict[str, Any]) -> dict[str, Any]:
        message = " ".join([refusal.message, *(error.message for error in refusal.errors)])
        error = {"code": refusal.code, "message": message}
        return {"status": "refused", "slug": given.get("slug", ""), "error": error}
