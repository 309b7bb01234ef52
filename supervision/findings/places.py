"""Where in the district a place is."""

from django.conf import settings
from django.contrib.gis.geos import Point
from django.utils.translation import gettext

from accounts.models import Area
from geokit.refusal import BadInput, FieldError


def town_at(place: Point) -> Area | None:
    """Return the town that holds `place` (EPSG:4326); None on a sliver that is in the district but in no town.

    Raises BadInput when the place is outside the district.
    """
    town = Area.objects.filter(level=Area.Level.TOWN, geom__intersects=place).order_by("code").first()
    if town is not None:
        return town
    district = Area.objects.filter(code=settings.DISTRICT_CODE)
    if district.filter(geom__intersects=place).exists():
        return None
    message = gettext("位置(经度 %(lon).5f，纬度 %(lat).5f)不在%(district)s范围内，请在地图上重新选取。") % {
        "lon": place.x,
        "lat": place.y,
        "district": district.values_list("name", flat=True).first() or gettext("本区"),
    }
    raise BadInput(message, code="outside-district", errors=[FieldError("place", "outside-district", message)])
