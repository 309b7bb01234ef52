"""Exports that take longer than a request: made by the worker, kept for a day, found again by what was asked.

A finished file lies under a name that says version, columns, rows and form, so whoever asks for the same gets the same
file, and whether somebody may have it is decided by the view at every request.
"""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from geokit.refusal import Refusal
from jobs.queue import enqueue
from layers.exporting.pmtiles_writer import export_pmtiles
from layers.exporting.row_filter import rows_in_table, rows_that_meet
from layers.exporting.services import MANY_SUFFIXES, export_version
from layers.permissions import all_columns
from layers.storage.columns import Column
from layers.storage.models import Layer

log = logging.getLogger(__name__)
KEPT_S = 24 * 3600
GIVEN_UP_S = 45 * 60
"""A job that has said nothing for so long died with its worker; the next request starts it anew."""
QUEUED, RUNNING, FAILED = "queued", "running", "failed"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """The parameters of an export as the queue carries them: plain values only."""

    slug: str
    version: int
    suffix: str
    columns: tuple[str, ...]
    """Attributes of the row model, as the asker may read them."""
    crs: str = ""
    encoding: str = ""
    filter: str = ""
    conditions: str = ""
    """The attribute table's query."""

    @property
    def key(self) -> str:
        return hashlib.blake2b(json.dumps(asdict(self), sort_keys=True).encode(), digest_size=16).hexdigest()

    @property
    def path(self) -> Path:
        return folder() / f"{self.key}{self.suffix}"

    @property
    def note(self) -> Path:
        return folder() / f"{self.key}.json"

    def readable(self, layer: Layer) -> dict[str, Column]:
        version = layer.current_version
        known = all_columns(version) if version else {}
        return {name: known[name] for name in self.columns}

    def rows(self, layer: Layer) -> QuerySet[Any] | None:
        """Return the wanted rows, None for all. Raises BadInput for a condition that cannot be."""
        columns = self.readable(layer)
        rows = rows_in_table(layer, self.conditions, columns) if self.conditions else None
        if self.filter:
            met = rows_that_meet(layer, self.filter, columns)
            rows = met if rows is None else rows & met
        return rows


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def write(order: ExportOrder, layer: Layer, target: Path) -> None:
    """Write the file now. Raises BadInput for what cannot be written so."""
    if layer.current_version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    if order.suffix in MANY_SUFFIXES:
        export_pmtiles(layer, target)
        return
    export_version(
        layer.current_version, target, order.crs, order.readable(layer),
        encoding=order.encoding, rows=order.rows(layer),
    )  # fmt: skip


def state_of(order: ExportOrder) -> dict[str, str]:
    """Return `state` and, when it failed, `message`; empty when nobody has asked yet or the job was lost."""
    try:
        state: dict[str, Any] = json.loads(order.note.read_text())
        age = time.time() - order.note.stat().st_mtime
    except (OSError, ValueError):
        return {}
    return {} if age > GIVEN_UP_S else state


def queue(order: ExportOrder) -> None:
    """Hand it to the worker."""
    folder().mkdir(parents=True, exist_ok=True)
    _write_state(order, {"state": QUEUED})
    enqueue("layers.exporting.jobs.run", asdict(order))


def count_open() -> int:
    """Count the exports that are queued or running."""
    notes = folder().glob("*.json") if folder().is_dir() else ()
    return sum(_is_open(note) for note in notes)


def _is_open(note: Path) -> bool:
    try:
        is_fresh = time.time() - note.stat().st_mtime < GIVEN_UP_S
        return is_fresh and json.loads(note.read_text())["state"] in (QUEUED, RUNNING)
    except (OSError, ValueError, KeyError):
        return False


def run(asked: Mapping[str, Any]) -> None:
    """The worker's part. What is there already is not made twice."""
    order = ExportOrder(**{**asked, "columns": tuple(asked["columns"])})
    _remove_expired()
    if order.path.exists():
        return
    _write_state(order, {"state": RUNNING})
    layer = Layer.objects.select_related("current_version").filter(slug=order.slug).first()
    if layer is None or layer.current_version_id != order.version:
        order.note.unlink(missing_ok=True)  # a newer version is published: it has another key
        return
    half = order.path.with_name(f"{order.key}.part{order.suffix}")
    try:
        write(order, layer, half)
        half.replace(order.path)
        order.note.unlink(missing_ok=True)
    except Refusal as refusal:
        _write_state(order, {"state": FAILED, "message": refusal.message})
    except Exception:
        _write_state(order, {"state": FAILED, "message": ""})
        raise
    finally:
        half.unlink(missing_ok=True)


def _write_state(order: ExportOrder, body: dict[str, str]) -> None:
    half = order.note.with_suffix(".note")
    half.write_text(json.dumps(body, ensure_ascii=False))
    half.replace(order.note)


def _remove_expired() -> None:
    """Remove what is older than a day."""
    for path in folder().iterdir():
        try:
            if time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink()
        except OSError:
            log.warning("cannot remove %s", path)
