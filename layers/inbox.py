"""Work that waits for GIS staff: imports to confirm, and imports that failed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.models import Role
from accounts.permissions import Asker, has_role
from layers.catalogue.deliveries import expected
from layers.importing.models import ImportJob
from layers.importing.permissions import jobs_visible_to
from layers.importing.states import State
from layers.permissions import layers_managed_by, may_edit_layers, own_department
from layers.storage.models import Layer

FAILED_WITHIN, SOON = timedelta(days=14), timedelta(days=7)


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here, by role."""
    if own_department(user) is not None:
        yield _to_deliver(layers_managed_by(user), today)
        mine = jobs_visible_to(user).filter(state=State.PREVIEWED).order_by("-created")
        yield _jobs("imports-to-confirm", _("等待确认的导入"), mine)
    if not (has_role(user, Role.GIS) and may_edit_layers(user)):
        return
    jobs = jobs_visible_to(user).order_by("-created")
    yield _to_deliver(layers_managed_by(user), today, to_do=False)
    yield _jobs("imports-to-confirm", _("等待确认的导入"), jobs.filter(state=State.PREVIEWED))
    lately = jobs.filter(state=State.FAILED, created__date__gt=today - FAILED_WITHIN)
    yield _jobs("imports-failed", _("没有成功的导入"), lately, hint=_("最近两周。可以重试，或看原因后换一个文件。"))
    yield _jobs("imports", _("最近的导入"), jobs, to_do=False)


def _jobs(kind: str, title: Any, rows: Any, **more: Any) -> Waiting:
    return Waiting(kind=kind, title=title, rows=rows, show=_show, **more)


def _to_deliver(layers: QuerySet[Layer], today: date, *, to_do: bool = True) -> Waiting:
    """Layers whose next version is due within a week, or late."""
    rows = expected(layers).filter(due_on__lte=today + SOON).select_related("department")
    return Waiting(
        kind="layers-to-deliver", title=_("该更新的数据"), rows=rows, show=_show_layer, due="due_on", to_do=to_do
    )


def _show_layer(row: Layer) -> Item:
    unit = row.department.short_name if row.department else ""
    return Item(title=row.title, url=reverse("layers:detail", args=[row.slug]), facts=(unit,))


def _show(row: ImportJob) -> Item:
    created = date_format(timezone.localtime(row.created), "DATETIME_FORMAT")
    return Item(
        title=row.file_name,
        url=reverse("layers:import_job", args=[row.pk]),
        facts=(created, str(row.created_by or ""), row.error_message),
        badge=row.get_state_display(),
        tone=row.tone,
    )
