"""Count the published ballots of a vote again. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, Refusal
from projects.voting.recount import Recount, recount
from ui.commands import REFUSED


class Command(BaseCommand):
    help = "按公布的选票（CSV）和规则（JSON）重新计票，与公布的结果逐项核对。不需要数据库。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ballots", metavar="BALLOTS.csv", type=Path, help="票决页下载的全部选票")
        parser.add_argument("result", metavar="RESULT.json", type=Path, help="票决页下载的计票结果")
        parser.add_argument("--json", action="store_true", help="在标准输出写一份 JSON 小结")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = recount(_read(options["ballots"]), _read(options["result"]))
        except Refusal as refusal:
            self._refuse(refusal.message)
        self._report(found, options["json"])
        if not found.agrees:
            self._refuse(_("重新计票与公布的结果不一致：%s。") % "、".join(sorted(found.differences)))

    def _report(self, found: Recount, as_json: bool) -> None:
        if as_json:
            status = "agrees" if found.agrees else "differs"
            summary: dict[str, Any] = {"status": status, "cast": found.cast, "sha256": found.digest}
            summary |= {"votes": found.votes, "elected": found.elected, "tied": found.tied}
            self.stdout.write(json.dumps(summary | {"differences": found.differences}, ensure_ascii=False))
            return
        votes = " ".join(f"{number}:{n}" for number, n in found.votes.items())
        self.stdout.write(f"{found.cast} {found.digest}\n{votes}\nelected {' '.join(map(str, found.elected))}")

    def _refuse(self, message: str) -> None:
        self.stderr.write(" ".join(message.split()))
        sys.exit(REFUSED)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(_("无法读取文件 %(path)s：%(error)s") % {"path": path, "error": error}) from error
