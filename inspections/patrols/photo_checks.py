"""What the EXIF of a finding's photo says, kept beside it when it comes in: the photo itself is stored without any."""

from typing import Any

from inspections.patrols.models import FindingPhotoCheck
from river_monitoring.rectification.photo_proof import proof_fields
from supervision.findings.signals import photo_stored
from supervision.models import FindingPhoto
from ui.pictures.photos import CleanPhoto


def listen() -> None:
    """Keep a check of every photo that comes in with a finding, in the finding's own transaction."""
    photo_stored.connect(keep_check, dispatch_uid="inspections:photo-checks")


def keep_check(photo: FindingPhoto, original: CleanPhoto, **kwargs: Any) -> None:
    """Compare the photo with where and when its finding says it was."""
    said = proof_fields(original, photo.finding.geom, photo.finding.seen_at)
    FindingPhotoCheck.objects.create(photo=photo, **said)
