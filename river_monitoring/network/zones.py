"""The management range of river reaches (`network.ranges`), offered to the overlay tools as distances from the line."""

from django.db.models import Case, FloatField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from layers.overlay.zones import ZoneSource, register
from river_monitoring.network.models import Reach
from river_monitoring.network.permissions import reaches_visible_to
from river_monitoring.network.ranges import RANGE_M

RANGE = Case(
    *(When(river__grade=grade, then=Value(metres)) for grade, metres in RANGE_M.items()),
    default=Value(min(RANGE_M.values())),
    output_field=FloatField(),
)


def _reaches(user: Asker) -> QuerySet[Reach]:
    return reaches_visible_to(user)


def register_zones() -> None:
    """Called when the application starts."""
    register(
        ZoneSource(
            key="reach-range",
            title=_("河段管理范围"),
            rows=_reaches,
            name="name",
            extra_m=RANGE,
            note=_("从河道中心线起算：省级、市级 7 米，县级 5 米，乡级 2 米（宁波市河道管理条例第十一条）。"),
        )
    )
