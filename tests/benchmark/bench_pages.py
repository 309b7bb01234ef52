"""Every page of the desk and of the public: processor time at the server and queries, small and large district.

What counts is the growth: how many times longer a page takes, and how many queries more, with five hundred times the
matters. The time is that of the process and of its session together, so others on the machine are no part of it.
"""

import json
from typing import Any

from tests.benchmark.databases import demo, grown, in_database, last_line
from tests.benchmark.harness import Context, Row, benchmark, say

LARGE = "geo_portal_bench_large"
GOAL_MS, GOAL_QUERIES = 300, 40

_GROW = """
import json, sys
from tests.benchmark.big_district import grow
print()
print(json.dumps(grow(float(sys.argv[1]))))
"""
_ASK = """
import json
from tests.benchmark.page_times import other_times, prepare, times
prepare()
print(json.dumps([dict(times()), dict(other_times())]))
"""


@benchmark("pages")
def measure(context: Context) -> list[Row]:
    """Milliseconds of each page in the large district against the demo."""
    small = demo()
    large = grown(f"{LARGE}_quick", _GROW, "0.05") if context.quick else grown(LARGE, _GROW, "1")
    found = (json.loads(last_line(in_database(name, _ASK))) for name in (small, large))
    (before, others_before), (after, others) = found
    rows = [_row(name, after[name], before[name]) for name in after if name in before]
    above = [name for name, found in others.items() if _is_above(found)]
    say(f"   {len(others)} other addresses without arguments answer; listed are the {len(above)} above the goal")
    return rows + [_row(name, others[name], others_before.get(name, others[name])) for name in above]


def _is_above(found: dict[str, Any]) -> bool:
    return found["ms"] > GOAL_MS or found["queries"] > GOAL_QUERIES


def _row(name: str, large: dict[str, Any], small: dict[str, Any]) -> Row:
    over = ", above the goal" * _is_above(large)
    note = f"queries {small['queries']} -> {large['queries']}, {large['status']}{over}"
    return Row(name, large["ms"], "ms", small["ms"], "in the demo", note)
