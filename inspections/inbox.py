"""What waits for somebody who patrols: a patrol that she has not ended."""

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.permissions import Asker
from inspections.patrols.models import Patrol
from inspections.patrols.permissions import may_patrol
from ledger.actors import account_of


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here."""
    if may_patrol(user):
        yield Waiting(
            kind="patrol-running",
            title=_("没有结束的巡查"),
            rows=Patrol.objects.filter(user=account_of(user), ended_at__isnull=True).select_related("river"),
            show=_show,
        )


def _show(row: Patrol) -> Item:
    began = date_format(localtime(row.started_at), "DATETIME_FORMAT")
    return Item(
        title=str(_("%s开始的巡查") % began),
        url=row.get_absolute_url(),
        facts=(str(row.get_capacity_display()), str(row.river or "")),
        badge=str(_("进行中")),
    )
