"""A run from question to answer: queued, computed in one transaction, kept for a while, or saved as a layer."""

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, Refusal
from jobs.calls import Later
from jobs.queue import enqueue
from layers.importing.job_progress import Cancelled
from layers.overlay import result_table, summary, within, zonal
from layers.overlay.models import OverlayRun
from layers.overlay.parameters import Parameters, Question, resolve
from layers.overlay.run_progress import RunProgress, Steps
from layers.storage import tables
from ledger.actors import account_of
from ledger.locks import hold_for_work

log = logging.getLogger(__name__)
State, Tool = OverlayRun.State, OverlayRun.Tool
TOOLS = {Tool.WITHIN: within, Tool.SUMMARY: summary, Tool.ZONAL: zonal}
ANSWERED = (
    "table_name", "rows", "fields", "geometry_type", "result", "state", "finished", "phase",
    "error_code", "error_message",
)  # fmt: skip
KEEP_DAYS = 7
"""An answer that nobody saved as a layer is dropped after so long; the question can be asked again."""


def start(tool: str, parameters: Parameters, user: Asker) -> OverlayRun:
    """Queue a question. Raises BadInput when it cannot be answered for `user`."""
    resolve(tool, parameters, user)
    with transaction.atomic():
        run = OverlayRun.objects.create(tool=tool, parameters=parameters.as_dict(), created_by=account_of(user))
        enqueue("layers.overlay.runs.work", run.pk)
    return run


def work(run_id: int) -> None:
    """Answer a queued question; one that comes twice is answered once.

    Raises Later while another process holds it, which may be the last statement of one that was killed.
    """
    with hold_for_work("layers.overlay", run_id) as held:
        if not held:
            raise Later
        run = OverlayRun.objects.select_related("created_by").filter(pk=run_id).first()
        if run and run.is_running:
            _guarded(run)
            remove_old()


def _guarded(run: OverlayRun) -> None:
    progress = RunProgress(run.pk)
    _set(run, state=State.RUNNING, started=timezone.now(), phase="", done=0)
    try:
        compute(run, progress)
    except Cancelled:
        log.info("overlay %s cancelled", run.pk)
    except Refusal as refusal:
        _set(run, state=State.FAILED, error_code=refusal.code, error_message=refusal.message)
    except Exception:
        _set(
            run, state=State.FAILED, error_code="internal-error", error_message=_("计算时发生内部错误，请联系管理员。")
        )
        raise
    finally:
        progress.close()


def _set(run: OverlayRun, **values: Any) -> None:
    """Write unless somebody has cancelled meanwhile."""
    OverlayRun.objects.filter(pk=run.pk).exclude(state=State.CANCELLED).update(**values)


def compute(
    run: OverlayRun, tell: Callable[[str, int, int | None], None] = lambda phase, done, total: None, user: Asker = None
) -> None:
    """Answer the question for `user` (else who asked it) and write the answer to the run, in one transaction.

    Raises Refusal.
    """
    user = user or run.created_by
    question = resolve(run.tool, Parameters.parse(run.parameters), user)
    tool = TOOLS[Tool(run.tool)]
    table = f"overlay_{run.pk}"
    with result_table.one_transaction():
        result_table.drop(table)
        result = tool.answer(question, user, table, Steps(tell))
        columns = tool.columns(question)
        tables.finish(table, columns, None, f"{Tool(run.tool).label} {run.pk}")
        rows, box = tables.measure(table)
        run.table_name, run.rows, run.fields = table, rows, [column.as_dict() for column in columns]
        run.geometry_type = question.layer.geometry_type if run.tool == Tool.WITHIN else "MultiPolygon"
        run.result = {**result, "inputs": inputs(question), "bbox": list(box) if box else None}
        run.state, run.finished, run.phase = State.DONE, timezone.now(), ""
        run.error_code = run.error_message = ""
        run.save(update_fields=ANSWERED)


def inputs(question: Question) -> list[dict[str, Any]]:
    """What the answer was made from, with versions: enough to make it again."""
    layer = {
        "role": "layer",
        "slug": question.layer.slug,
        "title": question.layer.title,
        "version": question.version.number,
        "visibility": question.layer.visibility,
    }
    zones = {
        "role": "zones",
        "key": question.zones.key,
        "title": str(question.zones.title),
        "version": question.zones.version or timezone.now().isoformat(timespec="seconds"),
        "note": str(question.zones.note),
        "visibility": question.zones.visibility,
    }
    return [layer, zones]


def provenance(run: OverlayRun) -> dict[str, Any]:
    """Made from layer X v3 and zones Y with these parameters."""
    return {"tool": run.tool, "parameters": run.parameters, "inputs": run.result.get("inputs", []), "run": run.pk}


def fingerprint(run: OverlayRun) -> str:
    """Names a derived version as the hash of its file names an imported one."""
    return hashlib.sha256(json.dumps(provenance(run), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def cancel(run: OverlayRun) -> None:
    """Stop a run that is not done; it notices at its next step and rolls back."""
    OverlayRun.objects.filter(pk=run.pk, state__in=(State.QUEUED, State.RUNNING)).update(state=State.CANCELLED)


def remove_old(now: dt.datetime | None = None) -> int:
    """Drop answers older than KEEP_DAYS; what was saved as a layer has a table of its own. Returns how many."""
    limit = (now or timezone.now()) - dt.timedelta(days=int(getattr(settings, "OVERLAY_KEEP_DAYS", KEEP_DAYS)))
    old = OverlayRun.objects.filter(created__lt=limit).exclude(table_name="")
    for run in old:
        with transaction.atomic():
            result_table.drop(run.table_name)
            OverlayRun.objects.filter(pk=run.pk).update(table_name="", rows=0)
    return len(old)


def must_have_answer(run: OverlayRun) -> OverlayRun:
    """Raises BadInput `overlay-not-done` or `overlay-gone`."""
    if run.state != State.DONE:
        raise BadInput(_("这次计算还没有结果。"), code="overlay-not-done")
    if not run.table_name:
        raise BadInput(_("结果已过期清除，请重新计算。"), code="overlay-gone")
    return run
