"""The search: suggestions and whole searches over a million entries, and how long writing the index takes."""

import random
import time
from typing import Any

from tests.benchmark.harness import Context, Row, benchmark

WORDS = (
    "东南西北塘河江溪港桥村路站园区社镇街水利环境整治改造提升养老教育安全公共设施停车绿道幼儿学校中心项目工程监测断面"
)
TYPED = ("西塘河", "xth", "养老", "河", "学校改造", "HS-0042", "停车")
ROUNDS = 5


@benchmark("search")
def measure(context: Context) -> list[Row]:
    """Seconds of the slowest of several words typed, at the server, with the permission of the public."""
    from accounts.models import Area
    from search import offers as known
    from search.find import find, suggest
    from search.index import _write, entry_of
    from search.offers import Described, Offer
    from search.text.query import parse

    count = 50_000 if context.quick else 1_000_000
    Area.objects.bulk_create(
        (Area(code=f"B{number}", name="乙", level="village") for number in range(count)), batch_size=5000
    )
    keys = list(Area.objects.order_by("pk").values_list("pk", flat=True))
    offers = {
        kind: Offer(kind, kind, Area, lambda user: Area.objects.all(), lambda row: Described("", ""), weight)
        for kind, weight in (("rivers", 9), ("features", 3))
    }
    known._OFFERS.clear()
    known.register(offers.values())
    chance = random.Random(48)
    began = time.perf_counter()
    for first in range(0, count, 5000):
        _write([_entry(entry_of, offers, Described, chance, key) for key in keys[first : first + 5000]])
    written = time.perf_counter() - began
    _analyze()
    suggested = {typed: _fastest(lambda typed=typed: suggest(None, parse(typed))) for typed in TYPED}
    searched = {typed: _fastest(lambda typed=typed: find(None, parse(typed))) for typed in TYPED}
    for typed in TYPED:
        print(f"{typed}: suggested {suggested[typed] * 1000:.0f} ms, searched {searched[typed] * 1000:.0f} ms")  # noqa: T201
    return [
        Row(f"entries written, {count:,} in all", count / written, "rows/s", 500, "five hundred a second"),
        Row("slowest suggestion", max(suggested.values()), "s", 0.05, "50 ms"),
        Row("slowest search", max(searched.values()), "s", 0.5, "half a second"),
    ]


def _entry(entry_of: Any, offers: Any, described: Any, chance: random.Random, key: int) -> Any:
    name = "".join(chance.choices(WORDS, k=chance.randint(3, 9)))
    text = "".join(chance.choices(WORDS, k=60))
    offer = offers["rivers" if key % 1000 == 0 else "features"]
    return entry_of(offer, 0, key, described(name, "/", codes=[f"HS-{key:04d}"], text=text))


def _fastest(call: Any) -> float:
    """Seconds of the middle one of several calls, the first left out: it fills what the database keeps."""
    call()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return sorted(times)[ROUNDS // 2]


def _analyze() -> None:
    """What the areas' own triggers noted is left out: their kind is not searched here."""
    from django.db import connection

    from ledger.roles.connections import as_owner

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE search_change")
        cursor.execute("VACUUM ANALYZE search_entry")
