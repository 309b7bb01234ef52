"""Work that waits for GIS staff: imports to confirm, and imports that failed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, has_role
from layers.importing.models import ImportJob
from layers.importing.permissions import imports_seen_by
from layers.importing.states import State
from layers.permissions import may_edit_layers

FAILED_WITHIN = timedelta(days=14)


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here, by role."""
    if not (has_role(user, Role.GIS) and may_edit_layers(user)):
        return
    jobs = imports_seen_by(user).select_related("created_by").order_by("-created")
    yield _jobs("imports-to-confirm", _("等待确认的导入"), jobs.filter(state=State.PREVIEWED))
    lately = jobs.filter(state=State.FAILED, created__date__gt=today - FAILED_WITHIN)
    yield _jobs("imports-failed", _("没有成功的导入"), lately, hint=_("最近两周。可以重试，或看原因后换一个文件。"))
    yield _jobs("imports", _("最近的导入"), jobs, to_do=False)


def _jobs(kind: str, title: Any, rows: Any, **more: Any) -> Waiting:
    return Waiting(kind=kind, title=title, rows=rows, show=_show, **more)


def _show(row: ImportJob) -> Item:
    created = date_format(timezone.localtime(row.created), "DATETIME_FORMAT")
    return Item(
        title=row.file_name,
        url=reverse("layers:import_job", args=[row.pk]),
        facts=(created, str(row.created_by or ""), row.error_message),
        badge=row.get_state_display(),
        tone=row.tone,
    )
