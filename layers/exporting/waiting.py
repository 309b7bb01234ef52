"""How the exports stand that are being prepared, and how many somebody may have waiting at once.

One note beside each file, in its folder: the state and a digest of who asked.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import Busy
from jobs.lanes import Lane
from layers.exporting.orders import ExportOrder
from layers.storage import derived

GIVEN_UP_S = 45 * 60
"""A job that has said nothing for so long died with its worker; the next request starts it anew."""
QUEUED, RUNNING, FAILED = "queued", "running", "failed"


@dataclass(frozen=True, slots=True)
class Queue:
    """Whose exports wait in which lane, how many in all, and how many of one asker (address or account)."""

    lane: Lane
    most: int
    most_each: int


OF_THE_PUBLIC = Queue(Lane.PUBLIC_DOWNLOADS, most=5, most_each=2)
OF_THE_SIGNED_IN = Queue(Lane.DOWNLOADS, most=20, most_each=5)


@dataclass(frozen=True, slots=True)
class ExportAsker:
    """Who asks, told apart without being named."""

    queue: Queue
    digest: str


def state_of(order: ExportOrder) -> dict[str, str]:
    """Return `state` and, when it failed, `message`; empty when nobody has asked yet or the job was lost."""
    return _read(order.note)


def write_state(order: ExportOrder, **changed: str) -> None:
    """Note how the order stands; what was noted before and is not said again stays."""
    half = order.note.with_suffix(".note")
    half.write_text(json.dumps(_read(order.note) | changed, ensure_ascii=False))
    half.replace(order.note)


def check_place(asker: ExportAsker) -> None:
    """Raises Busy when the asker, or everybody in the same queue together, already has enough waiting."""
    open_notes = [note for note in _notes() if note.get("state") in (QUEUED, RUNNING)]
    same_lane = [note for note in open_notes if note.get("lane") == asker.queue.lane]
    if sum(note.get("asker") == asker.digest for note in same_lane) >= asker.queue.most_each:
        message = _("您已有 %d 份导出在准备，请等其中一份完成。") % asker.queue.most_each
        raise Busy(message, code="exports-busy")
    if len(same_lane) >= asker.queue.most:
        raise Busy(_("正在准备的导出太多，请稍后再试。"), code="exports-busy")


def _notes() -> list[dict[str, Any]]:
    return [_read(path) for path in derived.root(derived.EXPORTS).glob("*/*/*.json")]


def _read(note: Path) -> dict[str, str]:
    """Return a note; empty for none, and for one that was given up."""
    try:
        is_fresh = time.time() - note.stat().st_mtime <= GIVEN_UP_S
        said: dict[str, str] = json.loads(note.read_text()) if is_fresh else {}
    except (OSError, ValueError):
        return {}
    return said
