"""The quarterly report of 2,000 points and of 20,000: processor time of reading and composing, and of each file."""

from __future__ import annotations

import json

from tests.benchmark.databases import grown, in_database, last_line
from tests.benchmark.harness import Context, Row, benchmark

GOAL_S = 180
"""Reading and the three files together."""
COPIES = {"2,000 points": 16, "20,000 points": 164}
"""How many times the demo's points are there once more."""

_GROW = """
import sys
from tests.benchmark.big_district import grow_points
print(grow_points(int(sys.argv[1])))
"""
_WRITE = """
import json
from tests.benchmark.report_times import times
print(json.dumps(times()))
"""


@benchmark("reports")
def measure(context: Context) -> list[Row]:
    """Seconds of processor, and megabytes of each file."""
    sizes = list(COPIES.items())[: 1 if context.quick else None]
    return [row for name, copies in sizes for row in _rows(name, _measured(copies))]


def _measured(copies: int) -> dict[str, dict[str, float]]:
    database = grown(f"geo_portal_bench_points_{copies}", _GROW, str(copies))
    measured: dict[str, dict[str, float]] = json.loads(last_line(in_database(database, _WRITE)))
    return measured


def _rows(name: str, found: dict[str, dict[str, float]]) -> list[Row]:
    rows = [Row(f"{name}, {step}", took["seconds"], "s", note=_note(took)) for step, took in found.items()]
    whole = sum(took["seconds"] for took in found.values())
    over = "above the goal" * (whole > GOAL_S)
    return [*rows, Row(f"{name}, all", whole, "s", GOAL_S, "goal", over)]


def _note(took: dict[str, float]) -> str:
    return f"{took['queries']:.0f} queries" if "queries" in took else f"{took['bytes'] / 1e6:.1f} MB"
