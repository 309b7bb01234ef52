"""Reads of the district's record, kept for a minute: every page names the site."""

from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from accounts.directory.levels import district_or_above, districts, held
from accounts.directory.models import Area
from accounts.district.models import District
from geokit.geometry.bbox import BBox

KEPT_AS = "district"
KEPT_SECONDS = 60
KEPT_FIELDS = tuple(field.attname for field in District._meta.concrete_fields if field.attname != "updated_at")
CHINA: BBox = (73.5, 18.0, 135.1, 53.6)
"""West, south, east, north of what a map shows before a district has a place."""


def current() -> District:
    """Return the record; one without names, and not stored, where nobody has written it yet.

    `settings.DISTRICT_CODE` chooses where a database holds several; otherwise it is the first.
    """
    kept = cache.get(KEPT_AS)
    if kept is None or (settings.DISTRICT_CODE and kept["code"] != settings.DISTRICT_CODE):
        record = _read()
        cache.set(KEPT_AS, _plain_values(record), KEPT_SECONDS)
        return record
    return District(**kept)


def _plain_values(record: District) -> dict[str, Any]:
    """The record's fields as the cache keeps them: a choice is a text of its own class."""
    values = {name: getattr(record, name) for name in KEPT_FIELDS}
    return {name: str(value) if isinstance(value, str) else value for name, value in values.items()}


def stored() -> District | None:
    """Return the same as it is stored, without a look into the cache; None where nobody has written it yet."""
    records = District.objects.order_by("pk")
    if settings.DISTRICT_CODE:
        records = records.filter(code=settings.DISTRICT_CODE)
    return records.first()


def _read() -> District:
    return stored() or District(code=settings.DISTRICT_CODE)


def record_over(area: Area | None) -> District:
    """Return the record of the district that an area lies in: with one district, and where it has none, the site's."""
    district = district_or_above(area) if districts().several else None
    found = District.objects.filter(code=district.code).first() if district else None
    return found or current()


def forget() -> None:
    """The record was written: read it anew. Other processes follow within a minute."""
    cache.delete(KEPT_AS)


def area_rows() -> QuerySet[Area]:
    """Return the district's own area, as a queryset of one row or none."""
    return Area.objects.filter(code=current().code)


def outline_rows() -> QuerySet[Area]:
    """Return the site's own area, and every district that it holds, where the outline is known; the own one first."""
    code = current().code
    rows = Area.objects.filter(Q(code=code) | Q(pk__in=held().values("pk")), geom__isnull=False)
    return rows.order_by(Case(When(code=code, then=0), default=1), "code")


def outline_box() -> BBox | None:
    """Return west, south, east, north in degrees of all that this instance holds; None where no outline is known."""
    found: BBox | None = outline_rows().aggregate(box=Extent("geom"))["box"]
    return found


def name_of_district() -> str:
    """Return what sentences call the district: the record's name, else its area's, else 本区."""
    return current().name or area_rows().values_list("name", flat=True).first() or _("本区")


def bounds() -> BBox:
    """Return west, south, east, north in degrees: of the outline, else as written, else of China."""
    box = area_rows().aggregate(box=Extent("geom"))["box"]
    return tuple(round(edge, 5) for edge in box) if box else current().box or CHINA


def meridian() -> int:
    """Return the central meridian, in degrees, of the 3-degree zone that the district's middle lies in."""
    west, _south, east, _north = bounds()
    return 3 * round((west + east) / 2 / 3)
