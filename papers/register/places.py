"""Where a paper is about: towns, the whole district, a point, an area that was drawn, or the shapes of a file."""

from collections.abc import Sequence
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.areas.position import town_in_district
from accounts.district import area_rows, name_of_district, outline_box
from accounts.models import Area, User
from accounts.permissions import reach_of
from geokit.refusal import refuse
from ledger.steps.apply import apply
from papers.register.models import Paper, PaperPlace
from papers.register.table import PaperVerb
from papers.register.workflow import WORKFLOW
from projects.plan.place_limits import MAX_VERTICES
from projects.plan.places import MARGIN_DEGREES, NewPlace

MOST = 60
Kind = PaperPlace.Kind


@transaction.atomic
def add_areas(user: User, paper: Paper | int, areas: Sequence[Area], *, whole: bool = False) -> Paper:
    """Add towns, or the whole district. Raises NotPermitted, BadInput."""
    rows = [PaperPlace(kind=Kind.AREA, area=area, name=area.name, geom=_middle(area)) for area in areas]
    if whole:
        own = reach_of(user)
        district = own or area_rows().first()
        if district is None:
            raise refuse("whole", "no-district", _("本区的范围还没有录入。"))
        rows.append(
            PaperPlace(
                kind=Kind.DISTRICT, area=district, name=own.name if own else name_of_district(), geom=_middle(district)
            )
        )
    return add_rows(user, paper, rows, "areas")


@transaction.atomic
def add_point(user: User, paper: Paper | int, point: Point, name: str = "") -> Paper:
    """Add a point of the district (EPSG:4326). Raises as `add_areas`."""
    town = town_in_district(point, "lng")
    return add_rows(user, paper, [PaperPlace(kind=Kind.SHAPE, area=town, name=name, geom=point)], "lng")


@transaction.atomic
def add_zone(user: User, paper: Paper | int, zone: MultiPolygon, name: str = "") -> Paper:
    """Add an area that was drawn. Raises as `add_areas`."""
    return add_shapes(user, paper, [NewPlace(name, zone)], "corners")


@transaction.atomic
def add_shapes(user: User, paper: Paper | int, places: Sequence[NewPlace], field: str = "file") -> Paper:
    """Add points, lines and areas, such as those of a file. Raises as `add_areas`."""
    refuse_outside(places, field)
    rows = [
        PaperPlace(kind=Kind.SHAPE, name=each.name[:80], geom=each.geom, area=town_of(each.geom)) for each in places
    ]
    return add_rows(user, paper, rows, field)


@transaction.atomic
def remove(user: User, paper: Paper | int, place_id: int) -> Paper:
    """Take a place away from a draft. Raises as `add_areas`."""
    changed = apply(WORKFLOW, user, paper, PaperVerb.PLACE, None, {"detail": {"removed": place_id}}).paper
    changed.places.filter(pk=place_id).delete()
    return changed


def add_rows(user: User, paper: Paper | int, rows: Sequence[PaperPlace], field: str, said: Sequence[str] = ()) -> Paper:
    """Add places to a draft in one step; `said` is what its event calls them. Raises as `add_areas`."""
    if not rows:
        raise refuse(field, "nothing", _("请选择镇街、在地图上选位置，或上传文件。"))
    detail = {"added": list(said) or [row.name or str(row.kind) for row in rows]}
    changed = apply(WORKFLOW, user, paper, PaperVerb.PLACE, None, {"detail": detail}).paper
    if changed.places.count() + len(rows) > MOST:
        raise refuse(field, "too-many", _("一件最多标注 %d 处。") % MOST)
    taken = set(changed.places.exclude(kind__in=(Kind.SHAPE, Kind.FEATURE)).values_list("kind", "area_id"))
    if any(changed.places.filter(layer=row.layer, feature_id=row.feature_id).exists() for row in rows if row.layer):
        raise refuse(field, "there-already", _("这个要素已经标注。"))
    for row in rows:
        row.paper = changed
    PaperPlace.objects.bulk_create(row for row in rows if (row.kind, row.area_id) not in taken)
    return changed


def _middle(area: Area) -> Point:
    if area.point is not None:
        return area.point
    if area.geom is None:
        raise refuse("areas", "place-unknown", _("“%s”的位置还没有录入。") % area.name)
    return area.geom.point_on_surface


def town_of(geom: GEOSGeometry) -> Area | None:
    """The town where a shape lies."""
    towns = Area.objects.filter(level=Area.Level.TOWN, geom__intersects=geom.point_on_surface)
    return towns.order_by("code").first()


def refuse_outside(places: Sequence[Any], field: str) -> None:
    """Refuse shapes outside the district's box, which are mostly of another datum or with the axes swapped."""
    if sum(place.geom.num_coords for place in places) > MAX_VERTICES:
        raise refuse(field, "too-detailed", _("图形过于复杂，合计不能超过 %d 个顶点。") % MAX_VERTICES)
    box = outline_box()
    if box is None:
        return
    around = Polygon.from_bbox(box).buffer(MARGIN_DEGREES)
    if any(place.geom.empty or not around.contains(place.geom) for place in places):
        raise refuse(field, "outside-district", _("图形不在%s范围内，请核对坐标系。") % name_of_district())
