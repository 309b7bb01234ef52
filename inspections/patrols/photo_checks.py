"""What the EXIF of a finding's photo says, kept beside it when it comes in: the photo itself is stored without any."""

from inspections.models import FindingPhotoCheck
from river_monitoring.rectification.photo_proof import proof_fields
from supervision.models import Finding, FindingPhoto
from ui.photos import CleanPhoto


def keep_check(row: FindingPhoto, finding: Finding, photo: CleanPhoto) -> FindingPhotoCheck:
    """Compare the photo with where and when its finding says it was. Called in the finding's own transaction."""
    return FindingPhotoCheck.objects.create(photo=row, **proof_fields(photo, finding.geom, finding.seen_at))
