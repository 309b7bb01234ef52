"""How django-vite reads the web build: anew after the next build; a page without a build stays plain."""

from typing import Any

from django_vite.core.asset_loader import DjangoViteAppClient, ManifestClient, ManifestEntry
from django_vite.core.exceptions import DjangoViteAssetNotFoundError


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
