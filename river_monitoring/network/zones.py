"""The management range of river reaches (`network.ranges`), offered to the overlay tools as distances from the line."""

from django.db.models import Case, FloatField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from layers.overlay.zones import ZoneSource, register
from river_monitoring.network.models import Reach
from river_monitoring.network.permissions import reaches_visible_to
from river_monitoring.network.ranges import metres_by_grade


def _metres() -> Case:
    """The metres of a reach by the rules in force when they are asked for."""
    found = (When(river__grade=grade, then=Value(metres)) for grade, metres in metres_by_grade().items())
    return Case(*found, default=Value(0.0), output_field=FloatField())


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
            extra_m=_metres,
            note=_("从河道中心线起算，宽度按河道等级取本区规则里“河道管理范围”的米数。"),
        )
    )
