"""Rate a CSV of samples by GB 3838-2002. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from geokit.refusal import Refusal
from river_monitoring.sample_table import rate_table, read_table, write_table
from river_monitoring.standards import GB3838_2002, WATERS

REFUSED = 2


class Command(BaseCommand):
    help = "按 GB 3838-2002 评价 CSV 里的水样：逐行写出类别、定类指标、超标倍数和说明。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", metavar="IN.csv", type=Path, help="列名为指标代码（ph, do, codmn, nh3n, tp …）的表"
        )
        parser.add_argument("target", metavar="OUT.csv", type=Path, help="写出的表")
        parser.add_argument("--water", choices=WATERS, default="river", help="没有 water 列时按河流还是湖库评价")
        parser.add_argument("--json", action="store_true", help="在标准输出写一份 JSON 小结")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            table = read_table(options["source"])
            answers = list(rate_table(table, options["water"]))
            write_table(options["target"], table, answers)
        except Refusal as refusal:
            self.stderr.write(" ".join(refusal.message.split()))
            sys.exit(REFUSED)
        counts = Counter(answer.water_class.value for answer in answers)
        self._report(
            options, {"status": "evaluated", "standard": GB3838_2002.id, "rows": len(answers), "classes": counts}
        )

    def _report(self, options: dict[str, Any], summary: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(summary, ensure_ascii=False))
            return
        classes = " ".join(f"{name}={count}" for name, count in sorted(summary["classes"].items()))
        self.stdout.write(f"{summary['rows']} 行已评价：{classes}")
