"""Exports that somebody asked for on the page: one at a time, made by the worker, kept for a day.

How it stands is noted in a file beside the ZIP, so that an export is no part of what it exports.
"""

import json
import logging
import secrets
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.notices import notify
from accounts.permissions import Asker
from geo_portal.leaving.services import export_district, require_exporter
from geokit.refusal import Busy, Refusal
from jobs.lanes import Lane
from jobs.queue import enqueue
from ledger import audit
from ledger.filestore import durable, places

log = logging.getLogger(__name__)
FOLDER = "leaving"
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
GIVEN_UP_S = 2 * 3600
"""A job that has noted nothing for so long died with its worker."""
KEPT = timedelta(days=1)
KIND = "site-export-ready"

type State = dict[str, Any]


def state() -> State:
    """Return how the newest export stands; empty where there is none, or it is over."""
    try:
        age = time.time() - _note().stat().st_mtime
        found: State = json.loads(_note().read_text())
    except (OSError, ValueError):
        return {}
    if found["state"] in (QUEUED, RUNNING) and age > GIVEN_UP_S:
        return found | {"state": FAILED, "message": ""}
    return {} if age > KEPT.total_seconds() else found


def is_under_way(found: State) -> bool:
    return found.get("state") in (QUEUED, RUNNING)


def finished_file() -> Path | None:
    """Return the ZIP of the newest export, None where there is none."""
    found = state()
    path = _folder() / str(found.get("file", ""))
    return path if found.get("state") == DONE and path.is_file() else None


@transaction.atomic
def order(actor: Asker) -> None:
    """Queue an export; the one before is removed. Raises NotPermitted, Busy."""
    require_exporter(actor)
    if is_under_way(state()):
        raise Busy(_("已有一份导出在准备，请等它完成。"), code="export-busy")
    assert isinstance(actor, User)  # noqa: S101 - an administrator
    remove_files()
    _write_note({"state": QUEUED, "done": 0, "of": 0, "what": "", "by": str(actor), "at": timezone.now().isoformat()})
    audit.record(actor, "district-export-asked", actor)
    enqueue("geo_portal.leaving.jobs.run", actor.pk, lane=Lane.EXPORTS)


def run(user_id: int) -> str:
    """The worker's part; what was delivered twice is made once."""
    actor, found = User.objects.get(pk=user_id), state()
    if not is_under_way(found):
        return "nothing to do"
    path = _folder() / f"{timezone.localdate().isoformat()}-{secrets.token_hex(8)}.zip"

    def say(done: int, of: int, what: str) -> None:
        _write_note(found | {"state": RUNNING, "done": done, "of": of, "what": what})

    try:
        done = export_district(path, actor=actor, say=say)
    except Refusal as refusal:
        _write_note(found | {"state": FAILED, "message": refusal.message})
        return refusal.code
    except Exception:
        _write_note(found | {"state": FAILED, "message": ""})
        raise
    size = path.stat().st_size
    _write_note(found | {"state": DONE, "file": path.name, "bytes": size, **done.as_json(), "until": _until()})
    _tell(actor, path.name)
    return path.name


def _until() -> str:
    return (timezone.now() + KEPT).isoformat()


def _tell(actor: User, name: str) -> None:
    words = gettext_lazy("保留一天，请到“带走数据”页下载。里面有个人信息，请妥善保管。")
    address = reverse("leaving:index")
    notify([actor], KIND, gettext_lazy("全部数据已经导出"), words, address, key=f"export:{name}")
    enqueue(
        "geo_portal.leaving.jobs.remove_expired", lane=Lane.EXPORTS, due=timezone.now() + KEPT + timedelta(minutes=5)
    )


def remove_expired() -> int:
    """Remove what is older than a day; return how many files."""
    return remove_files(KEPT.total_seconds())


def remove_files(older_than_s: float = -1) -> int:
    """Remove exports of at least that age in seconds; return how many files."""
    gone = 0
    for path in _folder().glob("*"):
        if path.is_file() and time.time() - path.stat().st_mtime > older_than_s:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folder() -> Path:
    return places.folder(FOLDER)


def _note() -> Path:
    return _folder() / "state.json"


def _write_note(said: State) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    half = _folder() / "state.part"
    half.write_text(json.dumps(said, ensure_ascii=False))
    durable.put_in_place(half, _note())
