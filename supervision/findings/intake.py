"""What comes in with a finding, checked: every error found is named, beside its field, at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from django.contrib.gis.geos import Point
from django.core.files.base import File
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext

from accounts import rules
from accounts.areas.position import town_in_district
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.findings.models import Category, Finding
from supervision.findings.permissions import linkable_points, linkable_projects
from supervision.kinds.queries import kinds
from ui.field_checks import EARLIEST as EARLIEST_YEAR
from ui.pictures.photos import CleanPhoto, PhotoRefused, sanitise_photo

MAX_TEXT = Finding._meta.get_field("text").max_length or 2000
MAX_ADDRESS = Finding._meta.get_field("address").max_length or 120
CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a phone's clock may run ahead of ours."""
EARLIEST = datetime(EARLIEST_YEAR, 1, 1, tzinfo=UTC)
"""An earlier time is a clock that was never set; one that lies before the first year in UTC could not even be read."""


def most_photos() -> int:
    """Return how many photos one report may have, by the rule of the district."""
    return int(rules.value("reports.photos"))


MOST_PHOTOS = lazy(lambda: str(most_photos()), str)()
"""The same as a text for forms, which asks the rule whenever a form is drawn."""


@dataclass(frozen=True, slots=True)
class Report:
    """A finding that may be filed as it is. `place` is EPSG:4326, `area` its town."""

    text: str
    category: str
    kind: str
    place: Point
    area: Area | None
    address: str
    seen_at: datetime
    point: MonitoringPoint | None
    project: Project | None


def check_report(
    reporter: Asker,
    *,
    text: str,
    category: str,
    lon: float | None,
    lat: float | None,
    point_code: str | None,
    project_code: str | None,
    seen_at: datetime | None,
    address: str,
    kind: str = "",
) -> Report:
    """Return the report, or raise BadInput with an error for each field that is wrong.

    A `kind` of problem brings its category along, whatever was said of that.
    """
    errors: list[FieldError] = [*_category_errors(category)]
    category = _category_of(kind, errors) or category
    point = _linked(linkable_points(reporter), "point", point_code, errors)
    project = _linked(linkable_projects(reporter), "project", project_code, errors)
    errors += [*_text_errors(text, address), *_time_errors(seen_at)]
    place, area = _place(lon, lat, errors)
    if errors or place is None:
        raise BadInput(gettext("填报内容有 %d 处需要修改。") % len(errors), code="bad-finding", errors=errors)
    return Report(
        text=text.strip(),
        category=category,
        kind=kind,
        place=place,
        area=area,
        address=address.strip(),
        seen_at=seen_at or timezone.now(),
        point=point,
        project=project,
    )


def clean_photos(photos: Sequence[File | CleanPhoto]) -> list[CleanPhoto]:
    """Return each photo re-encoded without its metadata, the same photo sent twice only once.

    What has been cleaned before (`public.draft_photos`) stays as it is.
    Raises BadInput when there are too many, PhotoRefused (with the photo's name) for one that is none.
    """
    require_room(len(photos), most_photos())
    cleaned = (_clean_photo(photo, position) for position, photo in enumerate(photos, start=1))
    return list({photo.sha256: photo for photo in cleaned}.values())


def require_room(count: int, most: int) -> None:
    """Raise BadInput when there are more than `most` photos."""
    if count > most:
        message = gettext("一次最多上传 %(most)d 张照片，收到 %(count)d 张。") % {"most": most, "count": count}
        raise BadInput(message, code="too-many-photos", errors=[FieldError("photos", "too-many-photos", message)])


def _clean_photo(photo: File | CleanPhoto, position: int) -> CleanPhoto:
    if isinstance(photo, CleanPhoto):
        return photo
    try:
        return sanitise_photo(photo)
    except PhotoRefused as refusal:
        message = gettext("第 %(position)d 张照片：%(reason)s") % {"position": position, "reason": refusal.message}
        errors = [FieldError("photos", refusal.code, message)]
        raise type(refusal)(message, code=refusal.code, errors=errors) from refusal


def _linked(visible: Any, field: str, code: str | None, errors: list[FieldError]) -> Any:
    """Return the thing with this code if the reporter may see it; missing and hidden look the same."""
    if not code:
        return None
    found = visible.filter(code=code).first()
    if found is None:
        errors.append(FieldError(field, "unknown", gettext("没有编号为“%s”的对象，请重新选择。") % code))
    return found


def _text_errors(text: str, address: str) -> Iterable[FieldError]:
    if not text.strip():
        yield FieldError("text", "required", gettext("请写明看到的情况。"))
    if len(text.strip()) > MAX_TEXT:
        yield FieldError("text", "too-long", gettext("情况说明最多 %d 字。") % MAX_TEXT)
    if len(address.strip()) > MAX_ADDRESS:
        yield FieldError("address", "too-long", gettext("地点说明最多 %d 字。") % MAX_ADDRESS)


def _category_of(kind: str, errors: list[FieldError]) -> str:
    found = next((row for row in kinds() if row.code == kind), None)
    if kind and found is None:
        errors.append(FieldError("kind", "unknown", gettext("没有这个种类，请重新选择。")))
    return found.category if found else ""


def _category_errors(category: str) -> Iterable[FieldError]:
    if category not in Category.values:
        yield FieldError("category", "unknown", gettext("请选择一个类别。"))


def _time_errors(seen_at: datetime | None) -> Iterable[FieldError]:
    if seen_at is None:
        return
    if timezone.is_naive(seen_at):
        yield FieldError("seen_at", "no-zone", gettext("发现时间要带时区。"))
    elif seen_at > timezone.now() + CLOCK_TOLERANCE:
        yield FieldError("seen_at", "future", gettext("发现时间晚于现在，请核对。"))
    elif seen_at < EARLIEST:
        yield FieldError("seen_at", "too-old", gettext("发现时间太早，请核对年份。"))


def _place(lon: float | None, lat: float | None, errors: list[FieldError]) -> tuple[Point | None, Area | None]:
    """Return the place and its town, or add what is wrong with them to `errors`."""
    if lon is None or lat is None:
        errors.append(FieldError("place", "required", gettext("请在地图上选取位置，或填写经度和纬度。")))
        return None, None
    if not (isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        errors.append(FieldError("place", "invalid", gettext("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。")))
        return None, None
    place = Point(lon, lat, srid=4326)
    try:
        return place, town_in_district(place)
    except BadInput as refusal:
        errors.extend(refusal.errors)
        return None, None
