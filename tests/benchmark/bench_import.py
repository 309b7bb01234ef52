"""How fast a file becomes a published layer with every check on, beside ogr2ogr on the same file in the same run.

ogr2ogr writes with COPY, makes every geometry Multi and builds its GiST index, as we do; it checks no geometry and
keeps the file's order. Both write to the same database, by turns; each one's best of two rounds counts.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pyogrio
from django.conf import settings
from django.db import connection

from tests.benchmark.harness import Context, Row, benchmark, in_child, remove_layer, say

ROUNDS = 2
MEMORY_GOAL_MB = 700
UNDO_GOAL_SECONDS = 1.0
RATE_GOAL = 0.7
LOAD = """
import sys, time
from pathlib import Path
from layers.importing.vector_loading import load
from layers.importing.options import LoadOptions
from layers.importing.import_report import Report
from layers.storage.versions import undo_layer
path = Path(sys.argv[1])
report = Report()
started = time.perf_counter()
load(LoadOptions(path=path, file_name=path.name, slug=sys.argv[2]), report)
loaded = time.perf_counter() - started
started = time.perf_counter()
undo_layer(sys.argv[2])
undo_layer(sys.argv[2], to_version=1)
print(loaded, (time.perf_counter() - started) / 2)
"""


@benchmark("import")
def measure(context: Context) -> list[Row]:
    """Rows per second of lines, points and polygons, and the peak memory of the process that loads."""
    rows = []
    for kind in ("lines", "points", "polygons"):
        rows += _measure(kind, getattr(context.data, kind)(), 1 if context.quick else ROUNDS)
    return rows


def _measure(kind: str, path: Path, rounds: int) -> list[Row]:
    count = int(pyogrio.read_info(path)["features"])
    ours, theirs, memory, undo = [], [], 0.0, 0.0
    for _ in range(rounds):
        if seconds := _ogr2ogr(path):
            theirs.append(seconds)
        seconds, peak, undone = _own(path)
        undo = max(undo, undone)
        ours.append(seconds)
        memory = max(memory, peak)
    reference = count / min(theirs) if theirs else None
    name = f"ogr2ogr COPY (goal {RATE_GOAL})" if theirs else "ogr2ogr is not installed (Debian: gdal-bin)"
    return [
        Row(f"{kind}, {count:,} rows", count / min(ours), "rows/s", reference, name),
        Row(f"{kind}, peak memory", memory, "MB", MEMORY_GOAL_MB, "goal, at most"),
        Row(f"{kind}, undo", undo, "s", UNDO_GOAL_SECONDS, "goal, at most"),
    ]


def _own(path: Path) -> tuple[float, float, float]:
    """Seconds and peak MB of one load in a process of its own, and the seconds of undoing it."""
    slug = "bench_import"
    remove_layer(slug)
    output, peak = in_child(str(path), slug, code=LOAD)
    remove_layer(slug)
    seconds, undone = map(float, output.split()[-2:])
    return seconds, peak, undone


def _ogr2ogr(path: Path) -> float | None:
    if shutil.which("ogr2ogr") is None:
        return None
    given = settings.DATABASES["default"]
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    target = "PG:" + " ".join(f"{names[key]}='{given[key]}'" for key in names if given.get(key))
    command = [
        "ogr2ogr", "-f", "PostgreSQL", target, str(path), "-nln", "layer_work.bench_ogr2ogr", "-overwrite",
        "-nlt", "PROMOTE_TO_MULTI", "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=GIST",
        "--config", "PG_USE_COPY", "YES",
    ]  # fmt: skip
    started = time.perf_counter()
    subprocess.run(command, check=True, env=os.environ)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM layer_work.bench_ogr2ogr")
        say(f"   ogr2ogr: {cursor.fetchone()[0]:,} rows in {seconds:.1f} s")
        cursor.execute("DROP TABLE layer_work.bench_ogr2ogr")
    return seconds
