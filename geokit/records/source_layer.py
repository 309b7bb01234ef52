"""One layer of a source, before anything has been read of it."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceLayer:
    """One layer that can be read: where it lies, and what its people call it."""

    driver: str
    path: Path
    name: str
    parts: dict[str, Path] = field(default_factory=dict)
    """Parts of a shapefile or raster by lower-case suffix."""
    inner: str | None = None
    """Layer inside a file that can hold several: a table, a sheet, a kind of geometry."""
    warnings: tuple[tuple[str, str], ...] = ()
    field_names: dict[str, str] = field(default_factory=dict)
    """People's names of fields by the names that the file was given for GDAL."""

    @property
    def prj(self) -> str | None:
        return _small_text(self.parts.get(".prj"))

    @property
    def cpg(self) -> str | None:
        return _small_text(self.parts.get(".cpg") or self.parts.get(".cst"))


def _small_text(path: Path | None) -> str | None:
    if path is None:
        return None
    return path.read_bytes()[:16_384].decode("utf-8-sig", "replace").strip("\0 \t\r\n") or None
