"""The management range of river reaches, offered to the overlay tools.

Ningbo's river regulation (宁波市河道管理条例, 2019) art. 11: where a plain river has no dykes its management
range reaches, landward from the revetment's water side, at least 7 m for provincial and city rivers, 5 m for county
and 2 m for township rivers. Reaches are stored as centre lines without a width, so the range here begins at the line:
it is the least that the regulation can mean, and a distance asked for is measured from its edge.
"""

from typing import Any

from django.db.models import Case, FloatField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from layers.overlay.zones import ZoneSource, register
from river_monitoring.models import Grade, Reach
from river_monitoring.permissions import reaches_visible_to

RANGE_M = {Grade.PROVINCE: 7.0, Grade.CITY: 7.0, Grade.COUNTY: 5.0, Grade.TOWN: 2.0}
"""Metres to each side, by the river's grade."""

RANGE = Case(
    *(When(river__grade=grade, then=Value(metres)) for grade, metres in RANGE_M.items()),
    default=Value(min(RANGE_M.values())),
    output_field=FloatField(),
)


def _reaches(user: Any) -> QuerySet[Reach]:
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
