"""`/map/` on a cheap phone with slow 4G: what is fetched before the points are drawn, and when.

They are drawn twice: in the picture that the page brings along, and then in the map that takes its place.

Bytes do not depend on the machine: they are what to look at. Seconds are those of a browser whose line and processor
are slowed down and which draws without a graphics card; with others on the machine they are for comparison at most.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from tests.benchmark.first_paint import blocking_files
from tests.benchmark.harness import Context, Row, benchmark, say
from tests.benchmark.slow_line import slow_line

SITE_MISSING = "start the site (`make run`) and name it: SITE=http://127.0.0.1:8000 make bench ARGS=phone"
# Lighthouse's slow 4G: 1.6 Mbit/s and 150 ms; a processor four times slower.
BYTES_PER_S, DELAY_S, PROCESSOR = 1_638_400 / 8, 0.15, 4
PATIENCE_MS = 120_000
PACKED = ("text/", "application/json", "application/javascript", "image/svg", "application/manifest")
"""What is counted in gzip, whatever the server packed it with; tiles and pictures count as they came."""
GOAL_KB = 350
DRAWN = "() => performance.getEntriesByName('map-points').length > 0"
"""The map sets this mark when the points are on the screen (`web/src/map/arrival.ts`)."""
PICTURE = "picture-painted"
SEEN = f"() => ['{PICTURE}', 'map-points'].some((name) => performance.getEntriesByName(name).length > 0)"
TOUCHED_AT = 150
"""How far down the picture is touched, pixels, as soon as it is there."""
WATCH_PICTURE = f"""
    const look = () => {{
        if (!document.querySelector('.first-picture .sign')) return requestAnimationFrame(look);
        requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('{PICTURE}')));
    }};
    requestAnimationFrame(look);"""
"""Notes when the points of the page's own picture have been on the screen for a frame: before the map is there."""
TIMES = f"""() => [performance.timeOrigin, ...['first-contentful-paint', '{PICTURE}', 'map-points']
    .map((name) => performance.getEntriesByName(name)[0]?.startTime ?? 0)]"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file: seconds since the page was asked for, and how many bytes it is in gzip."""

    address: str
    began: float
    ended: float
    gzip_bytes: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A page opened once on that phone."""

    files: list[Fetched]
    needed: list[Fetched]
    """The page and what its first painting, with the picture, waits for: however slow the line, no other byte."""
    text_s: float
    picture_s: float
    map_s: float

    def before(self, moment_s: float) -> list[Fetched]:
        return [file for file in self.files if file.ended <= moment_s]

    def gzip_kb(self, moment_s: float) -> float:
        return sum(file.gzip_bytes for file in self.before(moment_s)) / 1000


@benchmark("phone", by_name_only=True)
def measure(context: Context) -> list[Row]:
    """Bytes and seconds until the points are drawn, with the waterfall above the table."""
    site = os.environ.get("SITE")
    if not site:
        raise RuntimeError(SITE_MISSING)
    with slow_line(urlsplit(site).port or 80, bytes_per_s=BYTES_PER_S, delay_s=DELAY_S) as port:
        walk = open_map(f"http://127.0.0.1:{port}{os.environ.get('PAGE', '/map/')}")
    _print_waterfall(walk)
    return [
        Row(
            "needed for the points of the picture",
            sum(file.gzip_bytes for file in walk.needed) / 1000,
            "kB gzip",
            GOAL_KB,
            "goal",
        ),
        Row("come before the points of the picture", walk.gzip_kb(walk.picture_s), "kB gzip", GOAL_KB, "goal"),
        Row("before the points of the map", walk.gzip_kb(walk.map_s), "kB gzip", GOAL_KB, "goal"),
        Row("text", walk.text_s, "s", 1.5, "goal"),
        Row("points in the picture", walk.picture_s, "s", 2.5, "goal"),
        Row("points in the map, touched at once", walk.map_s, "s", 2.5, "goal"),
    ]


def open_map(address: str) -> Walk:
    """Open a page with a map as a phone does that has never been here."""
    from playwright.sync_api import sync_playwright

    from ops.screenshots import ARGUMENTS, CHROMIUM, PHONE

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-gpu-rasterization"])
        page = browser.new_page(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)  # type: ignore[arg-type]
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
        answers: list[Any] = []
        page.context.on("requestfinished", lambda request: answers.append(request))
        page.add_init_script(WATCH_PICTURE)
        answer = page.goto(address, wait_until="commit", timeout=PATIENCE_MS)
        page.wait_for_function(SEEN, timeout=PATIENCE_MS)
        page.touchscreen.tap(PHONE["width"] / 2, TOUCHED_AT)  # the map waits for it
        page.wait_for_function(DRAWN, timeout=PATIENCE_MS)
        origin, text, picture, points = page.evaluate(TIMES)
        files = _whole([_fetched(request, origin) for request in list(answers)])
        waited = {page.url, *(urljoin(page.url, one) for one in blocking_files(answer.text() if answer else ""))}
        browser.close()
    files.sort(key=lambda file: file.began)
    needed = [file for file in files if file.address in waited]
    return Walk(files, needed, text / 1000, picture / 1000, points / 1000)


def _whole(files: list[Fetched]) -> list[Fetched]:
    """Each address once: what a worker asks for is told twice, once without a body, and what was kept costs nothing."""
    found: dict[str, Fetched] = {}
    for file in sorted(files, key=lambda file: file.ended):
        known = found.get(file.address)
        if known is None or known.gzip_bytes < file.gzip_bytes:
            found[file.address] = file
    return list(found.values())


def _fetched(request: Any, origin: float) -> Fetched:
    timing = request.timing
    began = (timing["startTime"] - origin) / 1000
    return Fetched(request.url, began, began + timing["responseEnd"] / 1000, _gzip_bytes(request))


def _gzip_bytes(request: Any) -> int:
    answer = request.response()
    if answer is None:
        return 0
    came = max(0, int(request.sizes()["responseBodySize"]))
    if not answer.headers.get("content-type", "").startswith(PACKED):
        return came
    try:
        return len(gzip.compress(answer.body(), 6))
    except Exception:
        return came  # Chromium does not keep every body, as that of a worker's script


def _print_waterfall(walk: Walk) -> None:
    say("   from    until   kB gzip  file")
    before = walk.before(walk.map_s)
    for file in walk.files:
        address = file.address.split("/", 3)[-1][:90]
        late = "" if file in before else "  (after the points)"
        say(f"   {file.began:6.2f}  {file.ended:6.2f}  {file.gzip_bytes / 1000:8.1f}  /{address}{late}")
