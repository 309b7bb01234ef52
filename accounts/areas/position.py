"""From a position to the town that holds it. Positions are EPSG:4326."""

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.directory.levels import districts, held
from accounts.directory.models import Area
from accounts.district import District, current, name_of_district, outline_rows
from geokit.refusal import BadInput, FieldError
from ui.charts.frame import MapFrame


def _towns() -> QuerySet[Area]:
    return Area.objects.filter(level=Area.Level.TOWN, geom__isnull=False)


def town_at(place: Point) -> Area | None:
    """Return the town that holds `place`, the first by code where two share the border; None where none does."""
    return _towns().filter(geom__intersects=place).defer("geom").order_by("code").first()


def nearest_town(place: Point) -> Area | None:
    """Return the town that holds `place`, or the nearest one; None where no town has an outline yet."""
    return _towns().annotate(far=Distance("geom", place)).order_by("far", "code").first()


def may_be_in_district(place: Point) -> bool:
    """Tell whether `place` lies in the district as far as that is known: by its outline, its box, or its towns."""
    if outline_rows().exists() or districts().several:
        return outline_rows().filter(geom__intersects=place).exists() or may_be_in_undrawn(place)
    if (box := current().box) is not None:
        return _holds(box, place)
    return not _towns().exists()


def may_be_in_undrawn(place: Point) -> bool:
    """Tell whether, of several districts, one without an outline may hold `place`: by its box, else by its towns."""
    if not districts().several:
        return False
    undrawn = list(held().filter(geom=None).only("pk", "code"))
    boxes = {record.code: record.box for record in District.objects.filter(code__in=[one.code for one in undrawn])}
    return any(_may_hold(one, boxes.get(one.code), place) for one in undrawn)


def _may_hold(district: Area, box: tuple[float, float, float, float] | None, place: Point) -> bool:
    towns = _towns().filter(parent=district)
    if box is not None and _holds(box, place):
        return True
    return towns.filter(geom__intersects=place).exists() or (box is None and not towns.exists())


def _holds(box: tuple[float, float, float, float], place: Point) -> bool:
    west, south, east, north = box
    return west <= place.x <= east and south <= place.y <= north


def town_in_district(place: Point, field: str = "place") -> Area | None:
    """Return the town that holds `place`; None on a sliver that is in the district but in no town.

    Where the district's outline is not known, its box counts instead, and without a box every place is taken.
    Raises BadInput with an error at `field` for a place outside the district.
    """
    town = town_at(place)
    if town is not None or may_be_in_district(place):
        return town
    message = _("位置（经度 %(lon).5f，纬度 %(lat).5f）不在%(district)s范围内，请在地图上重新选取。") % {
        "lon": place.x,
        "lat": place.y,
        "district": name_of_district(),
    }
    raise BadInput(message, code="outside-district", errors=[FieldError(field, "outside-district", message)])


def borders_in(frame: MapFrame) -> tuple[str, ...]:
    """Return the borders of the towns in a drawing, as paths of its SVG."""
    towns = _towns().filter(geom__intersects=frame.box).only("geom")
    lines = (frame.path(town.geom.boundary) for town in towns if town.geom)
    return tuple(line for line in lines if line)
