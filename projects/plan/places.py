"""The places of a project: added on the map or from a file, marked done, taken away. `Project.geom` collects them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from django.contrib.gis.geos import (
    GeometryCollection,
    GEOSGeometry,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.district import outline_box
from accounts.models import User
from geokit.process_limits import ask_child
from geokit.refusal import BadInput, FieldError, TooLarge, refuse
from projects.plan.days import refuse_wrong_day
from projects.plan.editing import is_held_to_its_plan, lock_for_edit, write_version
from projects.plan.models import Project, ProjectPlace
from projects.plan.place_limits import MAX_PLACES, MAX_VERTICES, too_detailed
from projects.plan.refusals import field_refusal

MAX_BYTES = 20 * 1024**2
MEMORY_MB = 512
WALL_SECONDS = 60
MARGIN_DEGREES = 0.05
SIMPLE = {"Point": MultiPoint, "LineString": MultiLineString, "Polygon": MultiPolygon}


@dataclass(frozen=True)
class NewPlace:
    """A place to add; `geom` is EPSG:4326."""

    name: str
    geom: GEOSGeometry


@transaction.atomic
def add_places(project_id: int, actor: User, places: Sequence[NewPlace], expected_version: int) -> int:
    """Add places after those that are there; return how many. Raises NotPermitted, StaleEdit, BadInput."""
    project = lock_for_edit(project_id, actor, expected_version)
    if project.places.count() + len(places) > MAX_PLACES:
        raise field_refusal("file", "too-many", _("一个项目最多 %d 个点位。") % MAX_PLACES)
    _refuse_outside_district(places)
    last = project.places.aggregate(last=Max("number"))["last"] or 0
    ProjectPlace.objects.bulk_create(
        ProjectPlace(project=project, number=number, name=place.name[:80], geom=place.geom)
        for number, place in enumerate(places, last + 1)
    )
    _update_project_geometry(project)
    write_version(project, actor, "add_places", places=len(places))
    return len(places)


@transaction.atomic
def remove_place(project_id: int, actor: User, place_id: int, expected_version: int) -> None:
    """Take a place away that no report is about. Raises NotPermitted, StaleEdit, BadInput."""
    project = lock_for_edit(project_id, actor, expected_version)
    place = project.places.get(pk=place_id)
    if is_held_to_its_plan(project, actor):
        message = _("项目已在实施，点位只能由人大工作人员凭依据删除。")
        raise field_refusal("", "fewer-places", message)
    if place.reports.exists():
        raise field_refusal("", "has-reports", _("“%s”已有进展报告，不能删除。") % place.name)
    place.delete()
    _update_project_geometry(project)
    write_version(project, actor, "remove_place", name=place.name)


@transaction.atomic
def set_places_done(project_id: int, actor: User, done: dict[int, date | None], expected_version: int) -> int:
    """Write when each place was finished, or that it is not; return how many changed. Raises as `add_places`."""
    project = lock_for_edit(project_id, actor, expected_version)
    changed = 0
    for place in project.places.filter(pk__in=done).select_for_update():
        day = done[place.pk]
        if place.done_on != day:
            if day:
                refuse_wrong_day("", _("“%s”的完成日期") % place.name, day)
            place.done_on, changed = day, changed + 1
            place.save(update_fields=["done_on"])
    if changed:
        days = {place.number: str(done[place.pk] or "") for place in project.places.filter(pk__in=done)}
        write_version(project, actor, "set_places_done", places=changed, days=days)
    return changed


def read_uploaded_places(file: UploadedFile, crs: str = "") -> list[NewPlace]:
    """Read the places of a GeoJSON, zipped shapefile or anything else that layers can be loaded from.

    `crs` overrides what the file says. Raises BadInput (with a code of docs/import-codes.md) and TooLarge.
    """
    if file.size and file.size > MAX_BYTES:
        raise TooLarge(_("文件超过 %d MB。") % (MAX_BYTES // 1024**2))
    rows = _read_apart(Path(file.name or "").suffix.lower(), crs, b"".join(file.chunks()))
    if not rows:
        raise BadInput(_("文件里没有带位置的要素。"), code="no-places")
    return [NewPlace(name or _("第%d处") % number, geom) for number, (name, geom) in enumerate(rows, 1)]


def _read_apart(suffix: str, crs: str, content: bytes) -> list[tuple[str, GEOSGeometry]]:
    """Names and shapes of a file, read by a process of its own within limits. Raises what `read_places` raises."""
    words = (suffix, crs, get_language() or "zh-hans", str(MEMORY_MB))
    try:
        answer = ask_child("projects.plan.place_child", *words, content=content, seconds=WALL_SECONDS)
    except TimeoutError:
        answer = {"ended": "time-limit"}
    except ValueError:
        answer = {"ended": "worker-crashed"}
    if code := answer.get("ended"):
        raise refuse("file", code, _ENDED[code]())
    if said := answer.get("refusal"):
        kind = TooLarge if answer["is_large"] else BadInput
        raise kind(said["message"], code=said["code"], errors=[FieldError(**each) for each in said["errors"]])
    return [(name, GEOSGeometry(shape, srid=4326)) for name, shape in answer["places"]]


_ENDED: dict[str, Callable[[], str]] = {
    "time-limit": lambda: _("读这个文件超过了 %d 秒，已停止。请把文件拆小，或先简化图形。") % WALL_SECONDS,
    "memory-limit": lambda: _("读这个文件要用的内存太多，已停止。请把文件拆小，或先简化图形。"),
    "worker-crashed": lambda: _("读这个文件的进程意外终止，没有改动任何数据。文件可能已损坏。"),
}
"""What is said where the process that read was ended, or ended badly, by the code of the refusal."""


def _update_project_geometry(project: Project) -> None:
    """Let the project's own geometry be all its places; without any it keeps the one that it had."""
    shapes = list(project.places.order_by("number").values_list("geom", flat=True))
    if shapes:
        project.geom, project.is_schematic = combine_geometries(shapes), False
        project.save(update_fields=["geom", "is_schematic"])


def combine_geometries(shapes: Sequence[GEOSGeometry]) -> GEOSGeometry:
    """Return one geometry of all: the shape itself, a Multi of one kind, or a collection of several kinds."""
    parts = list(chain.from_iterable(_single_parts(shape) for shape in shapes))
    if len(parts) == 1:
        return parts[0]
    kinds = {part.geom_type for part in parts}
    if len(kinds) == 1:
        return SIMPLE[kinds.pop()](parts, srid=4326)
    return GeometryCollection(parts, srid=4326)


def _single_parts(shape: GEOSGeometry) -> Iterator[GEOSGeometry]:
    if isinstance(shape, Point | LineString | Polygon):
        yield shape
        return
    for part in shape:  # type: ignore[attr-defined]
        part.srid = 4326
        yield from _single_parts(part)


def _refuse_outside_district(places: Sequence[NewPlace]) -> None:
    """Refuse shapes outside the district's box, which are mostly of another datum or with the axes swapped."""
    box = outline_box()
    if sum(place.geom.num_coords for place in places) > MAX_VERTICES:
        raise too_detailed()
    if box is None:
        return
    around = Polygon.from_bbox(box).buffer(MARGIN_DEGREES)
    for place in places:
        if place.geom.empty or not around.contains(place.geom):
            raise field_refusal("file", "outside-district", _("“%s”的位置不在本区范围内，请核对坐标系。") % place.name)
