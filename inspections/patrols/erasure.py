"""What an erasure of a matter takes with it here: the finding of the patrol that it was made of, and what EXIF said."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from inspections.patrols.models import FindingPhotoCheck, PatrolEvent, PatrolFinding, PatrolPhoto
from ledger.erasure import erasing
from supervision.models import Finding


def listen() -> None:
    """Take part in the erasures of matters."""
    erasing.connect(held_here, sender=Finding, dispatch_uid="inspections:erasure")


def held_here(thing: Finding, **kwargs: Any) -> list[Model]:
    """Forget what the photos of a finding said of place and time; return the rows that hold its words and photos."""
    FindingPhotoCheck.objects.filter(photo__finding=thing).delete()
    return list(_rows(PatrolFinding.objects.filter(matter=thing)))


def _rows(found: QuerySet[PatrolFinding]) -> Iterator[Model]:
    PatrolPhoto.objects.filter(found__in=found).update(exif_at=None, exif_place=None, away_m=None, late_s=None)
    yield from found
    yield from PatrolPhoto.objects.filter(found__in=found)
    yield from PatrolEvent.objects.filter(found__in=found, verb=PatrolEvent.Verb.FOUND)
