"""The progress of an import: rows, rate, time left."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State

PHASES = {
    "reading": _("正在读取和检查"),
    "comparing": _("正在与现有数据比较"),
    "indexing": _("正在建立索引"),
    "sorting": _("正在按位置排序"),
    "converting": _("正在转换栅格"),
    "statistics": _("正在统计栅格"),
    "publishing": _("正在发布"),
}
QUIET_SECONDS = 1
"""Before that a rate would only be noise."""


def progress_of(job: ImportJob) -> dict[str, Any]:
    """Rows, share, rate and time left of the phase that runs, as far as they can be told; of a waiting one, others."""
    if job.state in (State.UPLOADED, State.QUEUED):
        return {"phase": job.get_state_display(), "waits": True, "others": _others(job), "percent": None}
    now = timezone.now()
    done, total = job.rows_done, job.rows_total
    elapsed = (now - job.started).total_seconds() if job.started else 0
    in_phase = (now - (job.phase_started or job.started)).total_seconds() if job.started else 0
    reading = job.phase in ("", "reading")
    rate = done / in_phase if reading and in_phase > QUIET_SECONDS else 0
    share = done / total if reading and total else job.phase_share
    left = in_phase * (1 - share) / share if share and in_phase > QUIET_SECONDS else None
    return {
        "phase": PHASES.get(job.phase, job.get_state_display()),
        "done": done,
        "total": total,
        "percent": None if share is None else min(100, int(100 * share)),
        "rate": round(rate) or None,
        "elapsed": clock(elapsed) if elapsed > QUIET_SECONDS else "",
        "left": clock(left) if left else "",
    }


def _others(job: ImportJob) -> int:
    """How many other imports are at work or wait too."""
    return ImportJob.objects.filter(state__in=TABLE.in_group("running")).exclude(pk=job.pk).count()


def clock(seconds: float) -> str:
    """
    >>> clock(75.4)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
