"""Notify the next level of every late point."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from river_monitoring.rectification.escalation import escalate


class Command(BaseCommand):
    help = "把超期的整治点位和该做而没做的“回头看”逐级告知（村→镇→区→市），每级每个期限一次。每天清晨自动运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="按这一天计算，默认今天")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["on"]) if options["on"] else None
        except ValueError:
            raise CommandError(f"日期“{options['on']}”读不懂，请写成 2026-03-05。", returncode=2) from None
        written = escalate(day)
        if options["json"]:
            rows = [{"point": one.point.code, "level": one.level, "days_late": one.days_late} for one in written]
            self.stdout.write(json.dumps({"escalated": rows}, ensure_ascii=False))
            return
        for one in written:
            self.stdout.write(f"{one.point.code} {one.point.name}: {one.level} {one.days_late:+d} d, {one.told}")
