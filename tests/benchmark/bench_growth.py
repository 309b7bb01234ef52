"""How the site takes growth: at 1, 10 and 100 times the demo, and with layers of up to ten million features.

What should be seen is a line that is flat or grows as a logarithm does: ten times the rows, a little more time. Pages
are measured as `pages` measures them; the copies of a district are made by the database itself (`big_district.py`).
"""

import json
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmark.databases import demo, grown, in_database, last_line
from tests.benchmark.harness import Context, Row, benchmark, reader, remove_layer, say

TIMES = (1, 10, 100)
FEATURES = {
    "points": (100_000, 1_000_000, 10_000_000),
    "areas": (100_000, 1_000_000),
    "lines": (100_000, 1_000_000),
}
ZOOMS = (0, 5, 8, 11, 14)
SAMPLE, ROUNDS = 12, 3
LIMIT_MS = 120_000

_GROW = """
import json, sys
from django.core.management import call_command
from tests.benchmark.big_district import grow_times
counts = grow_times(int(sys.argv[1]))
call_command("rebuild_search", verbosity=0)
print()
print(json.dumps(counts))
"""
_ASK = """
import json
from tests.benchmark.page_times import growing_times, prepare
prepare()
print(json.dumps(dict(growing_times())))
"""


@benchmark("growth", by_name_only=True)
def measure(context: Context) -> list[Row]:
    """Milliseconds of the inbox, lists, the search, tiles and an import, each against the size before."""
    return [*_district(context), *_features(context)]


def _district(context: Context) -> list[Row]:
    names = {times: f"geo_portal_bench_x{times}" for times in (TIMES[:2] if context.quick else TIMES)}
    found = {}
    for times, name in names.items():
        database = demo() if times == 1 else grown(name, _GROW, str(times))
        found[times] = json.loads(last_line(in_database(database, _ASK)))
    return [_of_page(page, found) for page in found[1]]


def _of_page(page: str, found: dict[int, dict[str, Any]]) -> Row:
    first, last = found[1][page], found[max(found)][page]
    between = ", ".join(f"{each[page]['ms']} ms at {times}" for times, each in found.items())
    queries = f"queries {first['queries']} -> {last['queries']}"
    return Row(f"{page}, {max(found)} times", last["ms"], "ms", first["ms"], "in the demo", f"{between}; {queries}")


def _features(context: Context) -> list[Row]:
    return [row for kind, counts in FEATURES.items() for row in _of_kind(context, kind, counts)]


def _of_kind(context: Context, kind: str, counts: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    before: dict[str, float] = {}
    for count in counts:
        count = count // 20 if context.quick else count
        measured = _of_layer(context, count, kind)
        for name, (value, unit) in measured.items():
            rows.append(Row(f"{name}, {count:,} {kind}", value, unit, before.get(name), "with a tenth of them"))
        before = {name: value for name, (value, _unit) in measured.items()}
    return rows


def _of_layer(context: Context, count: int, kind: str) -> dict[str, tuple[float, str]]:
    from django.conf import settings
    from django.test import Client

    from layers.importing.import_report import Report
    from layers.importing.options import LoadOptions
    from layers.importing.vector_loading import load
    from layers.models import Layer

    path = context.data.many(kind, count)
    slug = f"bench_{path.stem}"
    say(f"   loading {count:,} {kind}")
    remove_layer(slug)
    loaded = _seconds(lambda: load(LoadOptions(path=path, file_name=path.name, slug=slug, title=slug), Report()))
    layer = Layer.objects.get(slug=slug)
    waits: list[float] = []
    copies = _seconds(lambda: waits.append(context.settle(layer)))
    client = Client()
    client.force_login(reader(), backend=settings.AUTHENTICATION_BACKENDS[-1])
    tiles = {f"tile of z{zoom}": (_tiles(layer, zoom), "ms") for zoom in ZOOMS}
    pages = {
        "one page of features": f"/ogc/collections/{slug}/items?limit=100",
        "a window of features": f"/ogc/collections/{slug}/items?limit=100&bbox=121,29,122,30",
        "the page of the layer": f"/layers/{slug}/",
    }
    asked = {name: (_answer(client, address), "ms") for name, address in pages.items()}
    remove_layer(slug)
    return {
        "import, a million rows": (loaded / count * 1e6, "s"),
        "copies for small scales, a million rows": (copies / count * 1e6, "s"),
        "an edit waits for the making of copies at most": (waits[0], "s"),
        **tiles,
        **asked,
    }


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _answer(client: Any, address: str) -> float:
    """Milliseconds of the middle one of some answers, the first left out."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        answer = client.get(address, HTTP_HOST="localhost")
        times.append((time.perf_counter() - began) * 1_000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return statistics.median(times[1:])


def _tiles(layer: Any, zoom: int) -> float:
    """Milliseconds of the middle one of tiles around features, made anew."""
    from layers.storage.tables import SCHEMA
    from layers.vector_layers import vector_layer
    from tests.benchmark.filled import filled_tiles
    from tiles.engine.mvt import statement
    from tiles.engine.pool import POOL

    who = reader()
    drawn = vector_layer(layer, who)
    times = []
    for tile in filled_tiles(f"{SCHEMA}.{layer.current_version.table_name}", zoom, SAMPLE):
        compiled = statement(drawn, who, tile)
        assert compiled is not None
        POOL.read_tile(compiled.at(tile), compiled.frame, tile, LIMIT_MS)
        began = time.perf_counter()
        POOL.read_tile(compiled.at(tile), compiled.frame, tile, LIMIT_MS)
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)
