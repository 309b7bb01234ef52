"""Linking the web build: by its manifest, and a plain page without one."""

import json
import os

import pytest
from django.template import engines
from django_vite.core.asset_loader import DjangoViteConfig

from ui.web_build import WebBuild

ENTRY = {"src/main.ts": {"file": "assets/main-1a2b3c4d.js", "css": ["assets/main-5e6f.css"], "isEntry": True}}


@pytest.fixture
def built(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(ENTRY))
    return path


def build(path):
    return WebBuild(DjangoViteConfig(manifest_path=path, static_url_prefix="web"))


def test_an_entry_links_its_module_and_its_styles_and_nothing_inline(built):
    tags = build(built).generate_vite_asset("src/main.ts")
    assert 'src="/static/web/assets/main-1a2b3c4d.js"' in tags and 'type="module"' in tags
    assert 'rel="stylesheet" href="/static/web/assets/main-5e6f.css"' in tags
    assert "style=" not in tags and "<script>" not in tags


def test_a_new_build_is_seen_without_a_restart(built):
    site = build(built)
    assert "1a2b3c4d" in site.generate_vite_asset("src/main.ts")
    built.write_text(json.dumps({"src/main.ts": {"file": "assets/main-new00000.js"}}))
    os.utime(built, ns=(1, 1))
    assert "new00000" in site.generate_vite_asset("src/main.ts")
    built.unlink()
    assert "<script" not in site.generate_vite_asset("src/main.ts")


def test_an_unknown_entry_or_a_missing_build_links_nothing(built, tmp_path):
    assert "<script" not in build(built).generate_vite_asset("src/other.ts")
    assert "<script" not in build(tmp_path / "nowhere.json").generate_vite_asset("src/main.ts")


def test_pages_link_the_build_that_the_settings_name(settings):
    page = engines["django"].from_string('{% load django_vite %}{% vite_asset "src/main.ts" %}').render()
    is_built = (settings.WEB_DIST / "manifest.json").exists()
    assert ("<script" in page) is is_built
