"""Takes the README's pictures of a running site: `make screenshots` (SITE, default http://127.0.0.1:8000).

Runs in .venv, for it needs Playwright; the browser is the system's Chromium.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

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


def first_point() -> str:
    """The code of a monitoring point, to open its page."""
    with urllib.request.urlopen(f"{SITE}/api/v1/monitoring-points/", timeout=20) as answer:  # noqa: S310 - an address the caller typed
        return str(json.load(answer)["features"][0]["properties"]["code"])


def take(browser: Browser, address: str, name: str, size: dict[str, int]) -> None:
    page = browser.new_page(viewport=size, locale="zh-CN", device_scale_factor=1)  # type: ignore[arg-type]
    page.goto(f"{SITE}{address}")
    page.locator("[data-ready]").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=PICTURES / name)
    page.close()
    print(f"docs/images/{name}  <-  {address}")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    try:
        point = first_point()
    except urllib.error.URLError as error:
        sys.exit(f"{SITE} does not answer ({error.reason}). Start `make run` first, or set SITE.")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        take(browser, "/map/", "map.png", DESKTOP)
        take(browser, f"/river/points/{point}/", "point.png", DESKTOP)
        take(browser, f"/river/points/{point}/", "point-phone.png", PHONE)
        browser.close()


if __name__ == "__main__":
    main()
