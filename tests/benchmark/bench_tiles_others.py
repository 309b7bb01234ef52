"""Cold tiles of ours beside tipg and django-vectortiles: the same table, the same tiles, the same load generator.

Runs only when asked for by name, since it installs other people's servers, in an environment of their own
(`requirements-others.txt`, VAR_DIR/others). Each is set up as its own documentation says, with the columns we send and
as many processes as ours has. What the three do differently stays different, and every row says how many features
the tiles held:

- ours keeps what it made (here each tile is asked for once, so nothing is served twice) and compresses it;
- tipg puts at most 10,000 features into a tile, its default limit, and compresses answers from 500 bytes on;
- django-vectortiles does not compress;
- neither puts in points that lie beyond the tile's edge, within the buffer; so theirs hold a few fewer than ours.

One that cannot be installed or started is named in a row, and the others are measured all the same.
"""

import contextlib
import gzip
import http.client
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import mapbox_vector_tile
from django.conf import settings
from django.db import connection

from layers.storage.tables import SCHEMA
from ops import setup
from ops.run import WEB_WORKERS
from tests.benchmark import serving
from tests.benchmark.bench_tiles_serving import ZOOMS, tiles_with_rows
from tests.benchmark.harness import Context, Row, benchmark, say
from tests.benchmark.load import Seen, run_load
from tests.data.published import make_public

TILES = 1_500
"""Distinct tiles of each zoom, each asked for once of each server."""
PRIMERS = 60
"""Tiles that come before them and do not count."""
CONNECTIONS = 16
LOOKED_AT = 40
"""Tiles of each zoom whose features are counted."""
LISTED = setup.ROOT / "requirements-others.txt"
TIPG_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """The table that all of them read."""

    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Server:
    """One that answers on `port`; without a port, `missing` says why it does not."""

    name: str
    address: str
    """Path of a tile with {z}, {x} and {y}."""
    port: int = 0
    missing: str = ""

    def paths(self, tiles: list[serving.Tile]) -> list[str]:
        return [self.address.format(z=z, x=x, y=y) for z, x, y in tiles]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one server did at one zoom."""

    seen: Seen
    features: tuple[int, ...]
    """Of each tile that was looked at."""

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.seen.statuses.items() if status not in ("200", "204"))

    @property
    def rate(self) -> float:
        return (self.seen.requests - self.refused) / self.seen.seconds


Opened = Callable[[Path, Source, str], contextlib.AbstractContextManager[int]]
"""Start a server: its Python, the table, the path to probe; yields the port."""


@benchmark("tiles-others", by_name_only=True)
def measure(context: Context) -> list[Row]:
    layer = context.layer("points")
    make_public(layer.slug)
    version = layer.current_version
    source = Source(version.table_name, tuple(field["column"] for field in version.fields))
    table = f'{SCHEMA}."{source.table}"'
    named = quote(",".join(source.columns))
    addresses = {
        "tipg": f"/collections/{SCHEMA}.{source.table}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}"
        f"?geom-column=geom&properties={named}",
        "django-vectortiles": "/points/{z}/{x}/{y}",
    }
    probe = tiles_with_rows(table, ZOOMS[-1], 1)
    rows = []
    with contextlib.ExitStack() as stack:
        others = [_started(stack, Server(name, address), source, probe) for name, address in addresses.items()]
        port = stack.enter_context(serving.site(Path(settings.VAR_DIR) / "tiles"))
        ours = Server("ours", f"/tiles/{layer.slug}/{{z}}/{{x}}/{{y}}.mvt", port)
        for zoom in ZOOMS:
            found = tiles_with_rows(table, zoom, (TILES // 15 if context.quick else TILES) + PRIMERS)
            # Once through all of them by PostGIS itself: whoever comes first does not read the disk for the others.
            with serving.prepared(table, source.columns, found) as ask:
                ask(found)
            mine = _measured(ours, found)
            for other in others:
                rows += _compared(f"cold points z{zoom}", mine, other, found)
    return rows


def _started(stack: contextlib.ExitStack, server: Server, source: Source, probe: list[serving.Tile]) -> Server:
    """Start it for as long as `stack` lasts; where that fails, the server without a port and with the reason."""
    try:
        python = installed()
        port = stack.enter_context(OPENED[server.name](python, source, server.paths(probe)[0]))
    except (setup.SetupFailed, RuntimeError, OSError) as error:
        say(f"{server.name} does not run: {error}")
        return Server(server.name, server.address, missing=_last_line(error))
    return Server(server.name, server.address, port)


def installed() -> Path:
    """Return the Python of the others' environment, made anew when the list of packages or our Python changed.

    Raises ops.setup.SetupFailed when it cannot be made, for example without a network.
    """
    folder = Path(settings.VAR_DIR) / "others"
    python = folder / "bin" / "python"
    made_from = setup.digest([LISTED], sys.version, str(folder))
    with setup.step("installing other tile servers", folder / "others.stamp", made_from) as needed:
        if needed:
            setup.run(sys.executable, "-m", "venv", "--clear", folder)
            setup.run(
                python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                "--only-binary", ":all:", "-r", LISTED,
            )  # fmt: skip
    return python


@contextlib.contextmanager
def _tipg(python: Path, source: Source, probe: str) -> Iterator[int]:
    """tipg under uvicorn, told of this one table; it looks for tables once, not again while it is measured."""
    environ = {
        "DATABASE_URL": _address(connection.settings_dict),
        "TIPG_DB_SCHEMAS": json.dumps([SCHEMA]),
        "TIPG_DB_TABLES": json.dumps([f"{SCHEMA}.{source.table}"]),
        "TIPG_DB_SPATIAL_EXTENT": "false",
        "TIPG_DB_DATETIME_EXTENT": "false",
        "TIPG_CATALOG_TTL": "0",
        "TIPG_TILE_BUFFER": "64",
    }
    port = serving.free_port()
    command = [
        str(python), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port", str(port),
        "--workers", WEB_WORKERS, "--no-access-log", "--log-level", "error",
    ]  # fmt: skip
    # In a folder without an .env of ours, which it would read.
    with serving.started(command, environ, port, probe, cwd=python.parent):
        yield port


@contextlib.contextmanager
def _vectortiles(python: Path, source: Source, probe: str) -> Iterator[int]:
    """django-vectortiles in the smallest Django project, under granian with the processes and threads of ours."""
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    environ = {
        "BENCH_DATABASE": json.dumps({name: str(connection.settings_dict.get(name) or "") for name in names}),
        "BENCH_TABLE": source.table,
        "BENCH_SCHEMA": SCHEMA,
        "BENCH_COLUMNS": json.dumps(source.columns),
    }
    application = "tests.benchmark.vectortiles_project:application"
    with serving.granian(application, environ, probe, python=str(python)) as port:
        yield port


OPENED: dict[str, Opened] = {"tipg": _tipg, "django-vectortiles": _vectortiles}


def _address(database: dict[str, Any]) -> str:
    """Return the database as a URL in which the folder of a Unix socket stands percent-encoded in the host's place."""
    user, password, host = (quote(str(database.get(key) or ""), safe="") for key in ("USER", "PASSWORD", "HOST"))
    secret = f":{password}" if password else ""
    return f"postgresql://{user}{secret}@{host or 'localhost'}:{database.get('PORT') or 5432}/{database['NAME']}"


def _measured(server: Server, found: list[serving.Tile]) -> Measured:
    paths = server.paths(found)
    run_load(server.port, paths[:PRIMERS], CONNECTIONS, 600, once=True)
    seen = run_load(server.port, paths[PRIMERS:], CONNECTIONS, 600, once=True)
    return Measured(seen, tuple(_features(server.port, path) for path in paths[-LOOKED_AT:]))


def _features(port: int, path: str) -> int:
    """Count the features of a tile; none in an answer that is not a tile."""
    answer = serving.get(port, path)
    if answer.status != 200 or not answer.body:
        return 0
    body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
    return sum(len(layer["features"]) for layer in mapbox_vector_tile.decode(body).values())


def _compared(name: str, mine: Measured, other: Server, found: list[serving.Tile]) -> list[Row]:
    """Two rows, rate and median, ours against the other's; without its figures where it has none."""
    missing = f"no {other.name}: {other.missing}" if other.missing else ""
    theirs = None
    if not missing:
        try:
            theirs = _measured(other, found)
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            missing = f"{other.name} broke: {_last_line(error)}"
    reference = (theirs.rate, theirs.seen.median_ms) if theirs else (None, None)
    note = missing or (_note(mine, theirs) if theirs else "")
    return [
        Row(f"{name}, rate", mine.rate, "tiles/s", reference[0], other.name, note),
        Row(f"{name}, median", mine.seen.median_ms, "ms", reference[1], other.name, missing),
    ]


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]


def _note(mine: Measured, theirs: Measured) -> str:
    parts = [
        f"{mine.seen.requests} tiles",
        f"features in {LOOKED_AT} of them {sum(mine.features):,} against {sum(theirs.features):,}",
    ]
    if cut := sum(count == TIPG_LIMIT for count in theirs.features):
        parts.append(f"{cut} of these cut at {TIPG_LIMIT:,}")
    for whose, measured in (("ours", mine), ("theirs", theirs)):
        if measured.refused:
            parts.append(f"{whose} refused {measured.refused}: {measured.seen.statuses}")
    return ", ".join(parts)
