"""What waits: voters' messages for a deputy, and those that came to a station."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.permissions import Asker
from stations.permissions import deputy_of, stations_run_by
from voters.line.models import Message
from voters.line.permissions import told
from voters.line.table import TABLE


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here."""
    own = deputy_of(user)
    if own is not None:
        mine = told(own).filter(state__in=TABLE.in_group("with_deputy"))
        yield _messages("voter-messages", _("等我答复的选民来信"), mine)
    at_station = Message.objects.filter(state__in=TABLE.in_group("with_station"), station__in=stations_run_by(user))
    yield _messages("voter-messages-at-station", _("联络站待办的选民来信"), at_station)


def _messages(kind: str, title: object, rows: QuerySet[Message]) -> Waiting:
    return Waiting(
        kind=kind,
        title=title,
        rows=rows.select_related("area", "station").order_by("due_on", "pk"),
        show=_show,
        due="due_on",
        search=("number", "text"),
        area="station__area",
        hint=_("可以直接答复，也可以转联络站或者转为事项。"),
    )


def _show(row: Message) -> Item:
    return Item(
        title=row.title,
        url=row.get_absolute_url(),
        facts=(row.number, row.area.name if row.area else "", row.station.name),
        badge=str(row.standing.label),
        tone=row.standing.tone,
        place=row.geom,
    )
