"""`manage.py web_tilesets`: write the web's list of drawn tilesets from their `VectorLayer`s."""

from typing import Any

from django.core.management.base import BaseCommand

from geo_portal.map_lists import web_path, web_text


class Command(BaseCommand):
    help = "Write web/src/map/tilesets.json from the vector layers of all rooms."

    def handle(self, *args: Any, **options: Any) -> None:
        web_path().write_text(web_text(), encoding="utf-8")
