"""Exports that take longer than a request: made by the worker, kept for a day, found again by what was asked.

Whether somebody may have a finished file is decided by the view at every request; which file it would be, by who asks
and what the layer discloses at that moment (`orders.py`).
"""

import logging
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language

from geokit.refusal import Refusal
from jobs.queue import enqueue
from layers.exporting.orders import ExportOrder, order_from
from layers.exporting.pmtiles_writer import export_pmtiles
from layers.exporting.services import MANY_SUFFIXES, export_version
from layers.exporting.waiting import FAILED, QUEUED, RUNNING, ExportAsker, check_place, write_state
from layers.storage import derived
from layers.storage.models import Layer

log = logging.getLogger(__name__)
KEPT_S = 24 * 3600


def write(order: ExportOrder, layer: Layer, target: Path) -> None:
    """Write the file now. Raises BadInput for what cannot be written so."""
    if layer.current_version is None:
        raise ValueError(f"layer {layer.slug} has no published version")
    if order.suffix in MANY_SUFFIXES:
        export_pmtiles(layer, target, reader=order.reader)
        return
    export_version(
        layer.current_version, target, order.crs, order.readable(layer),
        encoding=order.encoding, rows=order.rows(layer),
    )  # fmt: skip


def queue(order: ExportOrder, asker: ExportAsker) -> None:
    """Hand it to the worker. Raises Busy when too much waits already."""
    check_place(asker)
    order.folder.mkdir(parents=True, exist_ok=True)
    write_state(order, state=QUEUED, asker=asker.digest, lane=asker.queue.lane, message="")
    enqueue("layers.exporting.jobs.run", asdict(order), get_language(), lane=asker.queue.lane)


def run(asked: Mapping[str, Any], language: str | None = None) -> None:
    """The worker's part, in the language of who asked."""
    with translation.override(language or settings.LANGUAGE_CODE):
        _run(order_from(asked))


def _run(order: ExportOrder) -> None:
    """What is there already is not made twice, and nothing of a state that is over."""
    remove_expired()
    layer = Layer.objects.select_related("current_version").filter(pk=order.layer).first()
    if layer is None or derived.stamp_of(layer) != order.stamp or order.path.exists():
        order.note.unlink(missing_ok=True)
        return
    half = order.path.with_name(f"{order.key}.part{order.suffix}")
    try:
        write_state(order, state=RUNNING)
        write(order, layer, half)
        half.replace(order.path)
        order.note.unlink(missing_ok=True)
    except Refusal as refusal:
        write_state(order, state=FAILED, message=refusal.message)
    except Exception:
        _fail(order)
        raise
    finally:
        half.unlink(missing_ok=True)
        # What was changed meanwhile has removed the folder already, or found nothing in it yet.
        if not derived.is_current(order.layer, order.stamp):
            derived.remove_stale(order.layer)


def _fail(order: ExportOrder) -> None:
    if order.folder.is_dir():
        write_state(order, state=FAILED, message="")


def remove_expired() -> None:
    """Remove what is older than a day, and of the rest the oldest files above `EXPORT_KEEP_BYTES` in all."""
    left = []
    for path, age, size in _with_age(derived.root(derived.EXPORTS).glob("*/*/*")):
        if age > KEPT_S:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        elif path.is_file():
            left.append((age, size, path))
    kept = 0
    for _age, size, path in sorted(left):
        kept += size
        if kept > settings.EXPORT_KEEP_BYTES:
            path.unlink(missing_ok=True)


def _with_age(paths: Iterable[Path]) -> Iterable[tuple[Path, float, int]]:
    """Yield each with its age in seconds and its bytes; what goes away meanwhile is left out."""
    for path in paths:
        try:
            about = path.stat()
        except OSError:
            continue
        yield path, time.time() - about.st_mtime, about.st_size
