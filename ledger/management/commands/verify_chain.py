"""Check the chain of evidence from its first link to its last."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ledger.chain import verify
from ledger.models import ChainLink

BROKEN = 2


class Command(BaseCommand):
    help = "核对证据链：任何事后被改动、删除或绕过登记的内容都会列出来。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", metavar="DIGEST", help="以前记下的链尾摘要；链中不再有它即为被改写")
        parser.add_argument("--no-files", action="store_true", help="不逐个读取文件")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        verdict = verify(files=not options["no_files"])
        forgotten = bool(options["expect"]) and not _knows(options["expect"])
        body = {
            "links": verdict.links,
            "checked": verdict.checked,
            "head": verdict.head,
            "sound": verdict.is_sound and not forgotten,
            "expected_found": not forgotten,
            "seconds": round(time.monotonic() - began, 2),
            "faults": [fault.as_json() for fault in verdict.faults],
        }
        if options["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            self.stdout.write(f"{verdict.links} links, {verdict.checked} checked, head {verdict.head or '-'}")
            for fault in verdict.faults:
                self.stderr.write(str(fault))
            if forgotten:
                self.stderr.write("expected-digest-missing")
        if not body["sound"]:
            sys.exit(BROKEN)


def _knows(digest: str) -> bool:
    try:
        return ChainLink.objects.filter(digest=bytes.fromhex(digest)).exists()
    except ValueError:
        return False
