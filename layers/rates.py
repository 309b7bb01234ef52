"""How far an import is, told in rows, seconds and words."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from layers.models import ImportJob

PHASES = {
    "reading": _("正在读取和检查"),
    "comparing": _("正在与现有数据比较"),
    "indexing": _("正在整理和建立索引"),
    "sorting": _("正在整理"),
    "publishing": _("正在发布"),
}
QUIET_SECONDS = 1
"""Before that a rate would only be noise."""


def progress_of(job: ImportJob) -> dict[str, Any]:
    """Rows, share, rate and time left, as far as they can be told."""
    done, total = job.rows_done, job.rows_total
    seconds = (timezone.now() - job.started).total_seconds() if job.started else 0
    rate = done / seconds if seconds > QUIET_SECONDS else 0
    reading = job.phase in ("", "reading")
    left = (total - done) / rate if rate and total and total > done and reading else None
    return {
        "phase": PHASES.get(job.phase, job.get_state_display()),
        "done": done,
        "total": total,
        "percent": min(100, 100 * done // total) if total and reading else None,
        "rate": round(rate) if rate and reading else None,
        "elapsed": clock(seconds) if seconds > QUIET_SECONDS else "",
        "left": clock(left) if left is not None else "",
    }


def clock(seconds: float) -> str:
    """
    >>> clock(75.4)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
