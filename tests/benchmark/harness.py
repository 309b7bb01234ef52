"""Benchmarks by name, the table they print and the JSON they leave.

@benchmark("import")
def measure(context: Context) -> list[Row]:
    path = context.data.lines()             # a GeoPackage, made once
    layer = context.layer("points")         # loaded into the benchmark database, once
    return [Row("lines", 41_000, "rows/s", reference=52_000, reference_name="ogr2ogr")]
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.benchmark.data import Data


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; with a reference of the same run, the ratio is value / reference."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None


@dataclass(slots=True)
class Context:
    """What a benchmark is given: sizes, the data, and layers already in the database."""

    quick: bool
    folder: Path
    data: Data

    def layer(self, kind: str) -> Any:
        """The `Layer` with all rows of `lines`, `points` or `polygons`; loaded at its first use."""
        from layers.importing.import_report import Report
        from layers.importing.options import LoadOptions
        from layers.importing.vector_loading import load
        from layers.models import Layer

        path: Path = getattr(self.data, kind)()
        slug = f"bench_{path.stem}"
        layer = Layer.objects.filter(slug=slug, current_version__isnull=False).first()
        if layer is None:
            say(f"loading {slug}")
            load(LoadOptions(path=path, file_name=path.name, slug=slug, title=slug), Report())
            layer = Layer.objects.get(slug=slug)
            self.settle(layer)
        return layer

    @staticmethod
    def settle(layer: Any) -> float:
        """Do what the worker and autovacuum do within minutes of a publication.

        Returns for how many seconds a writer of the layer waits at most meanwhile.
        """
        from django.db import connection

        from layers.storage.tables import SCHEMA
        from tiles.ladder.build import build

        version = layer.current_version
        say(f"making the generalised copies of {layer.slug}")
        longest, stage, since = 0.0, 0, time.perf_counter()

        def stepped(ladder: Any) -> None:
            nonlocal longest, stage, since
            if ladder.stage > stage:  # a step in which writers wait
                longest = max(longest, time.perf_counter() - since)
            stage, since = ladder.stage, time.perf_counter()

        build(f"{SCHEMA}.{version.table_name}", [field["column"] for field in version.fields], stepped)
        with connection.cursor() as cursor:
            cursor.execute(f'VACUUM ANALYZE "{SCHEMA}"."{version.table_name}"')
        return longest


Benchmark = Callable[[Context], Sequence[Row]]
REGISTERED: dict[str, Benchmark] = {}
BY_NAME_ONLY: set[str] = set()


def benchmark(name: str, *, by_name_only: bool = False) -> Callable[[Benchmark], Benchmark]:
    """Register a function under the name by which `make bench ARGS=name` calls it.

    `by_name_only`: it does not run where no name is given.
    """

    def register(function: Benchmark) -> Benchmark:
        if name in REGISTERED:
            raise ValueError(f"two benchmarks are called {name}")
        REGISTERED[name] = function
        if by_name_only:
            BY_NAME_ONLY.add(name)
        return function

    return register


def chosen(names: Sequence[str]) -> list[str]:
    """Return what runs: the names as given, or without any all but those that want to be named."""
    return list(names) or sorted(set(REGISTERED) - BY_NAME_ONLY)


def run(names: Sequence[str], *, quick: bool) -> int:
    """Run them one after the other, printing as they end; 1 when one broke, 2 for a name that nobody has."""
    from django.core.management import call_command

    if unknown := set(names) - set(REGISTERED):
        say(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(sorted(REGISTERED))}")
        return 2
    call_command("migrate", verbosity=0)
    folder = Path(os.environ["VAR_DIR"]).resolve()
    context = Context(quick, folder, Data(folder / "data", quick))
    done: dict[str, list[dict[str, Any]]] = {}
    broken = {}
    if not names and BY_NAME_ONLY:
        say(f"left out, for they run only when named: {', '.join(sorted(BY_NAME_ONLY))}")
    for name in chosen(names):
        say(f"\n== {name}")
        started = time.perf_counter()
        try:
            rows = list(REGISTERED[name](context))
        except Exception as error:
            say(f"broken: {type(error).__name__}: {error}")
            broken[name] = f"{type(error).__name__}: {error}"
            continue
        _print(rows)
        say(f"   ({time.perf_counter() - started:.0f} s)")
        done[name] = [asdict(row) | {"ratio": row.ratio} for row in rows]
    target = folder / f"{datetime.now():%Y%m%d-%H%M%S}.json"
    body = {"machine": machine(), "quick": quick, "results": done, "broken": broken}
    target.write_text(json.dumps(body, ensure_ascii=False, indent=2))
    say(f"\nwritten to {target}")
    return 1 if broken else 0


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
        server, postgis = cursor.fetchone()
    described = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.partition(":")[2].strip() for line in described if line.startswith("model name")), "")
    return {
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": processor,
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "postgresql": server,
        "postgis": postgis,
    }


def in_child(*arguments: str, code: str = "") -> tuple[str, float]:
    """Run Python code in a process of its own: what it printed, and its peak memory in MB (ru_maxrss).

    `code` sees `arguments` as sys.argv[1:] and finds Django set up on the benchmark database.
    """
    start = "import django; django.setup()\n"
    process = subprocess.Popen([sys.executable, "-c", start + code, *arguments], stdout=subprocess.PIPE, text=True)
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the child process ended with code {process.returncode}")
    return output, usage.ru_maxrss / 1024


def own_peak_mb() -> float:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def reader() -> Any:
    """Somebody who may read every layer."""
    from accounts.models import Role, User

    return User.objects.get_or_create(username="bench-reader", defaults={"role": Role.ADMIN})[0]


def remove_layer(slug: str) -> None:
    """The layer with its tables, so that the next round starts from nothing."""
    from django.db import connection

    from layers.models import Layer, LayerVersion
    from layers.storage.tables import SCHEMA
    from tiles.ladder.build import drop

    for version in LayerVersion.objects.filter(layer__slug=slug):
        drop(f"{SCHEMA}.{version.table_name}")
        with connection.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS {SCHEMA}."{version.table_name}" CASCADE')
    Layer.objects.filter(slug=slug).update(current_version=None)
    Layer.objects.filter(slug=slug).delete()


def processor_s() -> float:
    """Processor time of this process and of its session's, where the database runs on this machine: other people's load
    is no part of it."""
    from django.db import connection

    own = time.process_time()
    connection.ensure_connection()
    status = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    if not status.exists():
        return own
    user, system = status.read_text().rpartition(")")[2].split()[11:13]
    return own + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _print(rows: Sequence[Row]) -> None:
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        against = ""
        if row.reference is not None:
            against = f"{_number(row.reference)} {row.unit}  {row.reference_name}  ratio {row.ratio or 0:.2f}"
        say(f"   {row.name:<{width}}  {_number(row.value)} {row.unit}  {against}{'  ' * bool(row.note)}{row.note}")


def _number(value: float) -> str:
    return f"{value:>12,.0f}" if abs(value) >= 100 else f"{value:>12.3g}"
