"""Compare rows and files both ways, for operators."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ledger.filestore import marks, reconciliation
from ledger.filestore.addressed import store

MISSING = 2
"""Exit code where a row has no file."""
WORDS = {
    reconciliation.SHARED: "另一个站点也在这个存储里留有标记：没有清理。确认它已停用后，用 --only-site 去掉它的标记。",
    reconciliation.UNMOUNTED: "存储看起来是空的或没有挂载：没有清理。",
    reconciliation.NEW_HERE: "本站第一次核对这个存储：没有清理。",
    reconciliation.TOO_MANY: "无主文件超过一半：没有清理。确认数据库是最新的，再加 --force。",
}


class Command(BaseCommand):
    help = "核对记录和文件：列出找不到文件的记录；--repair 清理早已无主的文件。有记录找不到文件时以 2 退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="清理无主文件（早于 FILE_GRACE_HOURS）")
        parser.add_argument("--force", action="store_true", help="无主文件很多时也清理")
        parser.add_argument("--only-site", action="store_true", help="去掉其他站点的标记：存储只归本站使用")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["only_site"]:
            self._keep_own_mark()
        found = reconciliation.compare(remove=options["repair"], force=options["force"])
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False))
        else:
            self._print(found)
        if found.missing:
            sys.exit(MISSING)

    def _keep_own_mark(self) -> None:
        own = marks.own_mark()
        for mark in store().marks() - {own}:
            store().remove_mark(mark)
        store().make_mark(own)

    def _print(self, found: reconciliation.Report) -> None:
        self.stdout.write(f"{found.files} 份文件（{found.bytes} 字节），{found.named} 个文件名在记录里")
        self.stdout.write(f"无主 {found.unnamed} 份，清理 {found.removed} 份；缺失 {found.missing} 份")
        for naming in found.lost:
            self.stdout.write(f"  缺失：{naming.table} {naming.row} {naming.column} {naming.name}")
        if found.held_back:
            self.stdout.write(WORDS[found.held_back])
