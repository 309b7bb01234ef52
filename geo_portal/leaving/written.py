"""What an export wrote, in figures."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Exported:
    """What was written: rows by dataset and table, layers, files of rows, and those that could not be read."""

    datasets: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    files: int = 0
    unreadable: int = 0
    bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "datasets": self.datasets,
            "tables": self.tables,
            "layers": self.layers,
            "files": self.files,
            "unreadable_files": self.unreadable,
            "bytes": self.bytes,
        }
