"""Put delisted points whose later samples fail back on the list."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from river_monitoring.rectification.relapse import check_all


class Command(BaseCommand):
    help = "检查已销号的点位：此后水样不达标的重新挂号（经本系统录入的水样会当场检查）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        events = check_all()
        if options["json"]:
            self.stdout.write(json.dumps({"relisted": [event.point.code for event in events]}, ensure_ascii=False))
            return
        for event in events:
            self.stdout.write(f"{event.point.code} {event.point.name}")
