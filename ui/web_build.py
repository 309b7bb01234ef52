"""How django-vite reads the web build: anew after the next build; a page without a build stays plain."""

from typing import Any

from django.utils.html import format_html_join
from django_vite.core.asset_loader import DjangoViteAppClient, ManifestClient, ManifestEntry
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

ON_THE_PAGE = "src/main.ts"
"""What every page loads by itself."""


class FreshManifest(ManifestClient):
    """The build's manifest, without a restart after the next build."""

    read_ns = 0
    """When the manifest that was read had been written."""

    def get(self, path: str) -> ManifestEntry:
        written_ns = self.manifest_path.stat().st_mtime_ns if self.manifest_path.exists() else -1
        if written_ns != self.read_ns:
            self._entries = self._parse_manifest().entries if written_ns >= 0 else {}
            self.read_ns = written_ns
        return super().get(path)


class WebBuild(DjangoViteAppClient):
    """Links to the files of the build; none where it is missing, so that lists and forms work all the same."""

    ManifestClient = FreshManifest

    def generate_vite_asset(self, path: str, **kwargs: Any) -> str:
        try:
            return str(super().generate_vite_asset(path, **kwargs))
        except DjangoViteAssetNotFoundError:
            return "<!-- the web build is missing: npm run build -->"

    def preload_vite_asset(self, path: str) -> str:
        """Links to scripts that come later (names with blanks between) and to what they import: fetched at once, but
        after what the page is drawn with."""
        files: dict[str, None] = {}
        for name in path.split():
            try:
                entry = self.manifest.get(name)
            except DjangoViteAssetNotFoundError:
                return ""
            for needed in (entry, *(self.manifest.get(other) for other in entry.imports if other != ON_THE_PAGE)):
                files[needed.file] = None
        tag = '<link rel="modulepreload" href="{}" crossorigin="anonymous" fetchpriority="low">'
        return str(format_html_join("\n  ", tag, ((self.get_production_server_url(file),) for file in files)))
