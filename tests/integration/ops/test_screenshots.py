"""The README's pictures, of a small site in a real browser."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from ops import screenshots

PAGE = "<!doctype html><html lang='zh-CN'><body style='background:#06c'><main data-ready>页</main></body></html>"
LISTS = {"monitoring-points": "NB-07", "projects": "P-3"}


class _Site(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        listed = next((name for name in LISTS if f"/api/v1/{name}/" in self.path), None)
        features = [{"properties": {"code": LISTS[listed]}}] if listed and not self.server.is_empty else []
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if listed else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((json.dumps({"features": features}) if listed else PAGE).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def site(tmp_path, monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.asked, server.is_empty = [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(screenshots, "SITE", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setattr(screenshots, "PICTURES", tmp_path / "images")
    monkeypatch.setattr(screenshots, "SETTLE_MS", 0)
    yield server
    server.shutdown()
    thread.join(60)
    server.server_close()


@pytest.mark.skipif(not Path(screenshots.CHROMIUM).exists(), reason="Chromium is not installed")
def test_a_desk_and_three_telephones_are_taken_and_kept(site, capsys):
    screenshots.main()
    desk, phone = (Image.open(screenshots.PICTURES / name) for name in ("map-desk.webp", "phone.webp"))
    assert (desk.format, desk.size) == ("WEBP", (1440, 900))
    assert phone.size == (3 * 390 + 2 * screenshots.GAP, 844)
    red, green, blue = desk.getpixel((700, 600))
    assert red < 30 and 80 < green < 125 and blue > 180, "the page is drawn"
    assert {"/map/", "/river/points/NB-07/", "/projects/P-3/"} <= set(site.asked)
    assert "docs/images/phone.webp" in capsys.readouterr().out


def test_a_site_that_does_not_answer_is_said_with_the_way_out(site, monkeypatch):
    monkeypatch.setattr(screenshots, "SITE", "http://127.0.0.1:1")
    with pytest.raises(SystemExit, match=r"does not answer \(.*\)\. Start `make run` first, or set SITE\."):
        screenshots.main()


def test_a_site_without_such_a_point_is_said(site):
    site.is_empty = True
    with pytest.raises(SystemExit, match=r"/api/v1/monitoring-points/\?class=6&status=under_way lists nothing"):
        screenshots.main()
    assert not list(screenshots.PICTURES.iterdir())
