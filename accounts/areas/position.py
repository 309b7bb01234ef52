"""From a position to the town that holds it. Positions are EPSG:4326."""

from django.conf import settings
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.directory.models import Area
from geokit.refusal import BadInput, FieldError


def _towns() -> QuerySet[Area]:
    return Area.objects.filter(level=Area.Level.TOWN, geom__isnull=False)


def town_at(place: Point) -> Area | None:
    """Return the town that holds `place`, the first by code where two share the border; None where none does."""
    return _towns().filter(geom__intersects=place).order_by("code").first()


def nearest_town(place: Point) -> Area | None:
    """Return the town that holds `place`, or the nearest one; None where no town has an outline yet."""
    return _towns().annotate(far=Distance("geom", place)).order_by("far", "code").first()


def town_in_district(place: Point, field: str = "place") -> Area | None:
    """Return the town that holds `place`; None on a sliver that is in the district but in no town.

    Raises BadInput with an error at `field` for a place outside the district.
    """
    town = town_at(place)
    district = Area.objects.filter(code=settings.DISTRICT_CODE)
    if town is not None or district.filter(geom__intersects=place).exists():
        return town
    message = _("位置(经度 %(lon).5f，纬度 %(lat).5f)不在%(district)s范围内，请在地图上重新选取。") % {
        "lon": place.x,
        "lat": place.y,
        "district": district.values_list("name", flat=True).first() or _("本区"),
    }
    raise BadInput(message, code="outside-district", errors=[FieldError(field, "outside-district", message)])
