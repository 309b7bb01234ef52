"""Writes of a station's own facts: telephone, floor, size, facilities, photo and opening days."""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import NotPermitted, StaleEdit
from ledger import audit
from stations.register.models import OpeningDay, Station
from stations.register.opening_hours import format_opening_days
from stations.register.permissions import may_run
from ui.pictures.photos import sanitise_photo

FIELDS = ("phone", "floor", "indoor_m2", "facilities")


@transaction.atomic
def edit_station(
    actor: Asker,
    pk: int,
    *,
    version: int,
    facts: dict[str, Any],
    days: Sequence[OpeningDay],
    photo: UploadedFile | None = None,
) -> Station:
    """Replace a station's facts and opening days; the sentence about them is derived.

    Raises NotPermitted, StaleEdit, and PhotoRefused for a file that is no photo.
    """
    station = Station.objects.select_for_update(of=("self",)).get(pk=pk)
    if not may_run(actor, station):
        raise NotPermitted(gettext("联络站由所在镇街的工作人员、本站代表和人大工作人员维护。"))
    if station.version != version:
        raise StaleEdit(gettext("“%s”在您打开页面之后已被修改，请查看后再提交。") % station.name)
    changed = [name for name in FIELDS if getattr(station, name) != facts[name]]
    for name in changed:
        setattr(station, name, facts[name])
    if photo:
        clean = sanitise_photo(photo)
        station.photo.save(f"{station.code}-{clean.sha256[:16]}{clean.suffix}", ContentFile(clean.content), save=False)
        changed.append("photo")
    station.opening_days.all().delete()
    OpeningDay.objects.bulk_create(
        OpeningDay(station=station, rhythm=day.rhythm, day=day.day, starts=day.starts, ends=day.ends) for day in days
    )
    if days:
        station.opening = format_opening_days(days)
    station.version += 1
    station.save()
    audit.record(actor, "station-edited", station, changed=changed, opening=station.opening)
    return station
