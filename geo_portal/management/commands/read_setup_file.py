"""`manage.py read_setup_file`: read one GIS file of the set-up, within limits; called by `setup.reading_apart`."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import override

from accounts.loads.registry import declared
from geo_portal.setup.reading import Reading
from geo_portal.setup.reading_apart import SECONDS, answer_of
from geokit.process_limits import limit_this_process


class Command(BaseCommand):
    help = "Read one GIS file of the set-up in this process, which ends with it. The pages of /setup/ call it."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        for name in ("dataset", "name", "path", "how", "answer", "language"):
            parser.add_argument(name)

    def handle(self, *args: Any, **given: Any) -> None:
        limit_this_process(settings.IMPORT_MEMORY_MB, SECONDS)
        dataset, how = declared()[given["dataset"]], Reading(**json.loads(given["how"]))
        with override(given["language"]):
            answer = answer_of(dataset, given["name"], Path(given["path"]), how)
            text = json.dumps(answer, ensure_ascii=False, default=str)
        Path(given["answer"]).write_text(text, encoding="utf-8")
