"""Judge delisted points whose later months fail: shown as failing, and put back on the list when it goes on."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from river_monitoring.rectification.relapse import check_all
from river_monitoring.steps.table import State


class Command(BaseCommand):
    help = "检查已销号的点位：此后数据完整的月份不达标的，记为销号后超标，连续不达标的重新挂号（每天也自动检查）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        events = check_all()
        if options["json"]:
            codes = {
                "relisted": [event.point.code for event in events if event.to_status == State.LISTED],
                "exceeded": [event.point.code for event in events if event.to_status == State.EXCEEDED],
            }
            self.stdout.write(json.dumps(codes, ensure_ascii=False))
            return
        for event in events:
            self.stdout.write(f"{event.point.code} {event.point.name} {event.get_to_status_display()}")
