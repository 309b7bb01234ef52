"""Write the index of the search anew."""

from typing import Any

from django.core.management.base import BaseCommand

from search.index import rebuild


class Command(BaseCommand):
    help = "把搜索索引全部重建。平时不需要：每次改动都会自动更新索引。"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rebuild()
        for kind, count in counts.items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"共 {sum(counts.values())} 条")
