"""Record deputies' duty from what every room holds and has not told yet."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from geo_portal.joints.duty_sources import gather


class Command(BaseCommand):
    help = "从各模块的记录补齐代表履职记录(视察、建议、票决、测评)；已有的不重复登记。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="只看这一天起的记录")
        parser.add_argument("--json", action="store_true", help="在标准输出写 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = gather(options["since"])
        self.stdout.write(json.dumps({"recorded": found}) if options["json"] else f"{found} records")
