"""Which of the photos that a reporter's device has are here: known by the SHA-256 of their bytes as sent."""

from collections.abc import Iterable

from django.utils import timezone

from supervision.findings.intake import most_photos, require_room
from supervision.findings.models import Finding, FindingVideo, SentPhoto
from ui.photo_claims import Arrivals


def arrivals_of(finding: Finding) -> Arrivals:
    rows = list(finding.sent_photos.order_by("pk"))
    return Arrivals(
        tuple(row.sha256 for row in rows if row.arrived_at),
        tuple(row.sha256 for row in rows if not row.arrived_at),
    )


def announce(finding: Finding, digests: Iterable[str], most: int | None = None) -> None:
    """Write down what is to come; what is known already stays. Raises BadInput when it would be more than `most`.

    Without `most` it is what a report may have.
    """
    known = set(finding.sent_photos.values_list("sha256", flat=True))
    fresh = [digest for digest in dict.fromkeys(digests) if digest and digest not in known]
    known -= set(FindingVideo.objects.filter(finding=finding).values_list("sent_sha256", flat=True))
    if fresh:
        require_room(len(known) + len(fresh), most or most_photos())
    SentPhoto.objects.bulk_create(SentPhoto(finding=finding, sha256=digest) for digest in fresh)


def mark_arrived(finding: Finding, digests: Iterable[str]) -> None:
    """Write down that these are here."""
    finding.sent_photos.filter(sha256__in=list(digests), arrived_at=None).update(arrived_at=timezone.now())


def mark_video(finding: Finding, digest: str) -> None:
    """Write down that the video is here, which is announced by nothing and counts as no photo."""
    SentPhoto.objects.get_or_create(finding=finding, sha256=digest, defaults={"arrived_at": timezone.now()})
