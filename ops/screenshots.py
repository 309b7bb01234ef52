"""Takes the README's pictures of a running site: `make screenshots` (SITE, default http://127.0.0.1:8000).

Runs in .venv, for it needs Playwright; the browser is the system's Chromium.
"""

from __future__ import annotations

import io
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

SITE = os.environ.get("SITE") or "http://127.0.0.1:8000"
PICTURES = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Draws WebGL without a graphics card and keeps the browser from calling anywhere by itself.
ARGUMENTS = [
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Symbols fade in and tiles settle for a moment after the map says that it is ready.
SETTLE_MS = 4000
GAP = 24
WORST_POINTS = "/api/v1/monitoring-points/?class=6&status=under_way"
"""Points of inferior V under rectification."""
PROJECTS = "/api/v1/projects/?light=yellow"


def first_code(address: str) -> str:
    """The code of the first feature of a list of the API, to open its page. Ends with a word when there is none."""
    with urllib.request.urlopen(f"{SITE}{address}", timeout=20) as answer:  # noqa: S310 - an address the caller typed
        features = json.load(answer)["features"]
    if not features:
        sys.exit(f"{SITE}{address} lists nothing whose page could be taken.")
    return str(features[0]["properties"]["code"])


def take(browser: Browser, address: str, size: dict[str, int]) -> Image.Image:
    """The page at `address` as a picture, once its map has settled."""
    page = browser.new_page(viewport=size, locale="zh-CN", device_scale_factor=1)  # type: ignore[arg-type]
    page.goto(f"{SITE}{address}")
    page.locator("[data-ready]").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(SETTLE_MS)
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    print(f"taken: {address}")
    return picture


def side_by_side(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of telephones in one row, on white, with air between them."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    row = Image.new("RGB", (width, max(picture.height for picture in pictures)), "white")
    left = 0
    for picture in pictures:
        row.paste(picture, (left, 0))
        left += picture.width + GAP
    return row


def save(picture: Image.Image, name: str) -> None:
    """Keep a picture as WebP: full colours at a fifth of a PNG's size."""
    picture.convert("RGB").save(PICTURES / name, "WEBP", quality=90, method=6)
    print(f"docs/images/{name}")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        point, project = first_code(WORST_POINTS), first_code(PROJECTS)
    except urllib.error.URLError as error:
        sys.exit(f"{SITE} does not answer ({error.reason}). Start `make run` first, or set SITE.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        save(take(browser, f"/river/points/{point}/", DESKTOP), "map-desk.webp")
        phones = ("/map/", f"/river/points/{point}/", f"/projects/{project}/")
        save(side_by_side([take(browser, address, PHONE) for address in phones]), "phone.webp")
        browser.close()


if __name__ == "__main__":
    main()
