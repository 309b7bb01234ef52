"""Links to the files of the web build, by the manifest that the build writes."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

MANIFEST = Path(settings.BASE_DIR) / "web" / "dist" / "manifest.json"


@lru_cache(maxsize=2)
def _read_manifest(path: Path, modified_ns: int) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def manifest() -> dict:
    """Return the build's manifest; read again when a new build has written it. {} before the first."""
    try:
        return _read_manifest(MANIFEST, MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


def asset_url(entry: str) -> str:
    """Return the address of one built file, e.g. ``src/main.ts``; empty before the first build."""
    chunk = manifest().get(entry)
    return static(f"web/{chunk['file']}") if chunk else ""


@register.simple_tag
def vite_asset(entry: str) -> SafeString:
    """Link an entry's style sheets and its module. A page without a build is plain, not broken."""
    chunk = manifest().get(entry)
    if chunk is None:
        return mark_safe("<!-- the web build is missing: npm run build -->")
    styles = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"web/{css}"),) for css in chunk.get("css", [])),
    )
    module = format_html('<script type="module" src="{}"></script>', static(f"web/{chunk['file']}"))
    return styles + mark_safe("\n") + module
