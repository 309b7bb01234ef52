"""Check the chain of evidence: links, rows, states, files, triggers, and what stands outside."""

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from ledger.anchors.proof import Witness, anchor_faults, newest_anchor_faults, prove, start_of
from ledger.anchors.services import latest_anchor
from ledger.chain import Verdict, verify
from ledger.chain.faults import Fault
from ledger.models import ChainLink

BROKEN = 2


class Command(BaseCommand):
    help = "核对证据链：任何事后被改动、删除或绕过登记的内容都会列出来；不可信的以 2 退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", action="store_true", help="并用链外的锚定（时间戳、其他平台、密钥旁的文件）证明"
        )
        parser.add_argument("--since-anchor", action="store_true", help="只核对最近一次锚定以后的内容")
        parser.add_argument("--expect", metavar="DIGEST", help="以前记下的链尾摘要；链中不再有它即为被改写")
        parser.add_argument("--no-files", action="store_true", help="不逐个读取文件")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        verdict, faults = _check(since_anchor=options["since_anchor"], files=not options["no_files"])
        witnesses: tuple[Witness, ...] = ()
        if options["anchors"]:
            proof = prove()
            witnesses = proof.witnesses
            faults = [*verdict.faults, *proof.faults]
        forgotten = bool(options["expect"]) and not _knows(options["expect"])
        body = {
            "links": verdict.links,
            "checked": verdict.checked,
            "head": verdict.head,
            "sound": not faults and not forgotten,
            "expected_found": not forgotten,
            "seconds": round(time.monotonic() - began, 2),
            "witnesses": [
                {"head": each.anchor, "place": each.place, "at": each.at and each.at.isoformat()} for each in witnesses
            ],
            "faults": [fault.as_json() for fault in faults],
        }
        if options["json"]:
            self.stdout.write(json.dumps(body, ensure_ascii=False))
        else:
            self._say(body, faults, witnesses, forgotten=forgotten)
        if not body["sound"]:
            sys.exit(BROKEN)

    def _say(
        self, body: dict[str, Any], faults: list[Fault], witnesses: tuple[Witness, ...], *, forgotten: bool
    ) -> None:
        checked = f"{body['links']} links, {body['checked']} checked in {body['seconds']} s"
        self.stdout.write(f"{checked}, head {body['head'] or '-'}")
        for each in witnesses:
            self.stdout.write(f"{each.anchor}: {each.place}{f' at {each.at.isoformat()}' if each.at else ''}")
        for fault in faults:
            self.stderr.write(str(fault))
        if forgotten:
            self.stderr.write("expected-digest-missing")


def _check(*, since_anchor: bool, files: bool) -> tuple[Verdict, list[Fault]]:
    """The verdict, and its faults with those of the anchors in the database."""
    anchor = latest_anchor() if since_anchor else None
    if anchor is not None:
        verdict = verify(start_of(anchor), files=files)
        return verdict, [*verdict.faults, *newest_anchor_faults(anchor)]
    verdict = verify(files=files)
    return verdict, [*verdict.faults, *anchor_faults()]


def _knows(digest: str) -> bool:
    try:
        return ChainLink.objects.filter(digest=bytes.fromhex(digest)).exists()
    except ValueError:
        return False
