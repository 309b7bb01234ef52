"""What does not hold, said so that a person finds the object and the value."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.apps import apps

FaultKind = Literal[
    "link-broken", "link-missing", "head-changed", "row-changed", "row-missing", "row-unlinked", "history-edited",
    "state-differs", "file-changed", "file-missing", "file-unrecorded", "trigger-missing", "function-changed",
    "table-changed", "unexplained-change", "erasure-unrecorded", "anchor-differs", "anchor-forged", "anchor-missing",
    "anchor-unproven", "constraint-missing", "role-too-strong",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: table, row and link (0: none), and where known column, value then and now."""

    kind: FaultKind
    table: str = ""
    row: int = 0
    link: int = 0
    column: str = ""
    was: Any = None
    is_now: Any = None
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "object": object_name(self.table)}

    def __str__(self) -> str:
        name = object_name(self.table)
        where = f"{name} {self.row}（{self.table}）" if self.row else f"{name}（{self.table}）" if self.table else ""
        value = f"{self.column}: {self.was!r} -> {self.is_now!r}" if self.column else ""
        link = f"[link {self.link}]" if self.link else ""
        return " ".join(part for part in (f"{self.kind}:", where, value, self.detail, link) if part)


def object_name(table: str) -> str:
    """What people call a row of the table; the table's own name where no model has it."""
    for model in apps.get_models():
        if model._meta.db_table == table:
            return str(model._meta.verbose_name)
    return table
