"""Linking the web build: by its manifest, and a plain page without one."""

import json

import pytest

from ui.templatetags import vite


@pytest.fixture
def built(tmp_path, monkeypatch):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"src/main.ts": {"file": "assets/main-1a2b3c4d.js", "css": ["assets/main-5e6f.css"]}}))
    monkeypatch.setattr(vite, "MANIFEST", path)
    return path


def test_an_entry_links_its_module_and_its_styles(built) -> None:
    tags = vite.vite_asset("src/main.ts")
    assert '<script type="module" src="/static/web/assets/main-1a2b3c4d.js"></script>' in tags
    assert '<link rel="stylesheet" href="/static/web/assets/main-5e6f.css">' in tags
    assert "style=" not in tags


def test_a_new_build_is_seen_without_a_restart(built) -> None:
    import os

    assert "1a2b3c4d" in vite.asset_url("src/main.ts")
    built.write_text(json.dumps({"src/main.ts": {"file": "assets/main-new00000.js"}}))
    os.utime(built, ns=(1, 1))
    assert "new00000" in vite.asset_url("src/main.ts")


def test_an_unknown_entry_or_a_missing_build_links_nothing(built, monkeypatch, tmp_path) -> None:
    assert "<script" not in vite.vite_asset("src/other.ts")
    monkeypatch.setattr(vite, "MANIFEST", tmp_path / "nowhere.json")
    assert "<script" not in vite.vite_asset("src/main.ts")
    assert vite.asset_url("src/main.ts") == ""
