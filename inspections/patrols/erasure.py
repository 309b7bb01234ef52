"""What an erasure of a matter takes with it here: the finding of the patrol that it was made of, and what EXIF said."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from inspections.patrols.models import FindingPhotoCheck, PatrolEvent, PatrolFinding, PatrolPhoto
from supervision.findings.signals import finding_erased
from supervision.models import Finding


def listen() -> None:
    """Take part in the erasures of matters."""
    finding_erased.connect(held_here, dispatch_uid="inspections:erasure")


def held_here(finding: Finding, **kwargs: Any) -> list[Model]:
    """Forget what the photos of a finding said of place and time; return the rows that hold its words and photos."""
    FindingPhotoCheck.objects.filter(photo__finding=finding).delete()
    return list(_rows(PatrolFinding.objects.filter(matter=finding)))


def _rows(found: QuerySet[PatrolFinding]) -> Iterator[Model]:
    PatrolPhoto.objects.filter(found__in=found).update(exif_at=None, exif_place=None, away_m=None, late_s=None)
    yield from found
    yield from PatrolPhoto.objects.filter(found__in=found)
    yield from PatrolEvent.objects.filter(found__in=found, verb=PatrolEvent.Verb.FOUND)
