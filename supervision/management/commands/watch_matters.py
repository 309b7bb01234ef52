"""Bring back what was planned for today, and notify the next level of every late matter."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from supervision.matters import escalation


class Command(BaseCommand):
    help = "让到了计划日期的事项重新答复，把超期的事项逐级告知，每级每个期限一次。每天清晨自动运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="按这一天计算，默认今天")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["on"]) if options["on"] else None
        except ValueError:
            raise CommandError(f"日期“{options['on']}”读不懂，请写成 2026-03-05。", returncode=2) from None
        back, escalated = escalation.bring_back(day), escalation.escalate(day)
        if options["json"]:
            late = [{"number": e.suggestion.number, "clock": e.clock, "level": e.level} for e in escalated]
            answer = {"came_back": [one.number for one in back], "escalated": late}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for one in back:
            self.stdout.write(f"{one.number}: came back, due {one.due_on}")
        for event in escalated:
            self.stdout.write(f"{event.suggestion.number}: {event.clock} due {event.due_on}, level {event.level}")
