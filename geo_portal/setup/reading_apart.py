"""A GIS file of a page is read in a process of its own: what makes a library crash or fill the memory ends only that.

Sheets are read here: their reader is bounded by bytes, rows and cells. Commands read everything in their own process.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.loads import Dataset, GivenRow, Shape
from accounts.loads.cells import shape_cell
from accounts.loads.services import ReadFile, RowOutcome
from geo_portal.setup.reading import SHEETS, Reading, read_file
from geokit.process_limits import end_session, watch
from geokit.refusal import BadInput, FieldError, Refusal, TooLarge
from layers.importing.worker import environment
from ui.sheet_rows import Outcome

SECONDS = 60
"""A district's own file takes a few; a page does not wait longer."""
POLL_SECONDS = 0.1
COMMAND = "read_setup_file"


def read_apart(dataset: Dataset, name: str, path: Path, how: Reading) -> ReadFile:
    """Return what `read_file` returns. Raises what it raises, and BadInput for a file that ended its reader."""
    if Path(name).suffix.lower() in SHEETS or dataset.shape is Shape.NONE:
        return read_file(dataset, name, path, how)
    with TemporaryDirectory(prefix="setup-") as folder:
        answer = Path(folder) / "rows.json"
        _run([dataset.slug, name, str(path), json.dumps(asdict(how)), str(answer), get_language() or "zh-hans"])
        return _parsed(json.loads(answer.read_text(encoding="utf-8")), name, path)


def answer_of(dataset: Dataset, name: str, path: Path, how: Reading) -> dict[str, Any]:
    """The child's part: read the file and return the rows, or the refusal, as JSON holds them."""
    try:
        found = read_file(dataset, name, path, how)
    except Refusal as refusal:
        errors = [asdict(error) for error in refusal.errors]
        is_large = isinstance(refusal, TooLarge)
        return {"refusal": {"message": refusal.message, "code": refusal.code, "errors": errors}, "is_large": is_large}
    return {
        "rows": [[row.number, dict(row.cells), shape_cell(row.shape)] for row in found.rows],
        "refused": [[row.number, row.name, [asdict(error) for error in row.errors]] for row in found.refused],
    }


def _parsed(answer: dict[str, Any], name: str, path: Path) -> ReadFile:
    if said := answer.get("refusal"):
        errors = [FieldError(**error) for error in said["errors"]]
        kind = TooLarge if answer["is_large"] else BadInput
        raise kind(said["message"], code=said["code"], errors=errors)
    rows = [GivenRow(number, cells, GEOSGeometry(place) if place else None) for number, cells, place in answer["rows"]]
    refused = [
        RowOutcome(number, key, Outcome.REFUSED, errors=tuple(FieldError(**error) for error in errors))
        for number, key, errors in answer["refused"]
    ]
    return ReadFile(name, path.read_bytes(), rows, refused)


def _run(words: list[str]) -> None:
    """Run the reader within its limits. Raises BadInput with the reason where it was ended, or ended badly."""
    process = subprocess.Popen(  # noqa: S603 - our own command; the words are a slug, names and paths of ours
        [sys.executable, str(settings.BASE_DIR / "manage.py"), COMMAND, *words],
        env=environment(),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        reason = watch(process, memory_mb=settings.IMPORT_MEMORY_MB, seconds=SECONDS, every=POLL_SECONDS)
    finally:
        end_session(process)
    if reason or process.returncode:
        raise _failure(reason)


def _failure(reason: str) -> BadInput:
    if reason == "time-limit":
        message = _("读这个文件超过了 %d 秒，已停止。请把文件拆小，或先简化图形。") % SECONDS
    elif reason == "memory-limit":
        message = _("读这个文件要用的内存太多，已停止。请把文件拆小，或先简化图形。")
    else:
        message = _("读这个文件的进程意外终止，没有改动任何数据。文件可能已损坏。")
    code = reason or "worker-crashed"
    return BadInput(message, code=code, errors=[FieldError("file", code, message)])
