"""How a finding comes in and becomes a matter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import Actor, account_of
from ledger.chain.sql import ERASED
from ledger.filestore.removal import remove_unnamed
from ledger.locks import wait_turn
from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.findings import arrivals
from supervision.findings.intake import Report, check_report, clean_photos, most_photos, require_room
from supervision.findings.models import Finding, FindingPhoto, FindingVideo
from supervision.findings.permissions import REPORTERS_ONLY, may_report
from supervision.findings.places import STORED_PLACES, to_places
from supervision.findings.signals import photo_stored
from supervision.findings.videos import SentVideo, check_video, store_video
from supervision.matters.assignment import assign_by_rules
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import Reporter
from supervision.matters.queries import next_number
from supervision.matters.table import TABLE
from supervision.matters.workflow import record
from ui.pictures.photos import CleanPhoto

Verb = SuggestionEvent.Verb
TITLE_LENGTH = 40


def file_finding(
    reporter: Asker,
    *,
    client_id: UUID,
    text: str,
    category: str,
    lon: float | None,
    lat: float | None,
    photos: Sequence[File] = (),
    point_code: str | None = None,
    project_code: str | None = None,
    seen_at: datetime | None = None,
    address: str = "",
    claim: Sequence[str] = (),
    kind: str = "",
    video: File | None = None,
) -> Finding:
    """File what `reporter` saw (WGS 84 degrees), with its photos, and send it on its way.

    Idempotent by `client_id`: what is sent again is not stored again, so a phone may retry until it
    hears back; photos and the video of its `claim` (SHA-256 of each) that were missing are added. Row, photos and video
    are kept together or not at all.
    Raises NotPermitted, BadInput (each field in `errors`), PhotoRefused or VideoRefused.
    """
    if not may_report(reporter):
        raise NotPermitted(str(REPORTERS_ONLY))
    if filed := _already_filed(reporter, client_id):
        return add_missing(reporter, filed, clean_photos(photos), claim, check_video(video))
    report = check_report(
        reporter,
        text=text,
        category=category,
        lon=lon,
        lat=lat,
        point_code=point_code,
        project_code=project_code,
        seen_at=seen_at,
        address=address,
        kind=kind,
    )
    cleaned, looked_at = clean_photos(photos), check_video(video)
    try:
        with files_removed_on_failure() as written, transaction.atomic():
            finding = store_finding(reporter, client_id, report)
            store_sent(finding, cleaned, claim, written, looked_at)
            submit(finding)
    except IntegrityError:
        # The same finding came twice at the same moment; the other request has stored it.
        if filed := _already_filed(reporter, client_id):
            return add_missing(reporter, filed, cleaned, claim, looked_at)
        raise
    return finding


def _already_filed(reporter: Asker, client_id: UUID) -> Finding | None:
    """Return the finding of this number; refuse a number that somebody else has used."""
    finding = Finding.objects.filter(client_id=client_id).first()
    if finding is not None and finding.reporter != account_of(reporter):
        message = gettext("这个填报编号已被使用，请刷新页面重新填报。")
        raise BadInput(message, code="client-id-taken", errors=[FieldError("client_id", "client-id-taken", message)])
    return finding


def store_finding(reporter: Asker, client_id: UUID, report: Report) -> Finding:
    """Write down a finding; its place to a metre, which is more than any phone knows."""
    finding = Finding.objects.create(
        client_id=client_id,
        reporter=account_of(reporter),
        category=report.category,
        kind=report.kind,
        text=report.text,
        geom=to_places(report.place, STORED_PLACES),
        area=report.area,
        address=report.address,
        point=report.point,
        project=report.project,
        seen_at=report.seen_at,
    )
    audit.record(reporter, "finding-filed", finding)
    return finding


def store_photos(finding: Finding, cleaned: Sequence[CleanPhoto], written: list[FieldFile]) -> None:
    for photo in cleaned:
        row = FindingPhoto(
            finding=finding,
            sha256=photo.sha256,
            taken_at=photo.taken_at,
            width=photo.width,
            height=photo.height,
        )
        row.file.save(f"{finding.client_id}-{photo.sha256[:16]}{photo.suffix}", ContentFile(photo.content), save=False)
        written.append(row.file)
        row.save()
        photo_stored.send(FindingPhoto, photo=row, original=photo)


def store_sent(
    finding: Finding,
    cleaned: Sequence[CleanPhoto],
    claim: Sequence[str],
    written: list[FieldFile],
    video: SentVideo | None = None,
) -> None:
    """Store photos and video of a report and write down which of those that its device has are here."""
    here = [photo.sent_sha256 for photo in cleaned]
    arrivals.announce(finding, [*claim, *here])
    store_photos(finding, cleaned, written)
    arrivals.mark_arrived(finding, here)
    if video:
        _store_video(finding, video, written)


def add_missing(
    reporter: Actor,
    finding: Finding,
    cleaned: Sequence[CleanPhoto],
    claim: Sequence[str],
    video: SentVideo | None = None,
) -> Finding:
    """Add what did not arrive with the report: photos that are claimed, and the video where there is none."""
    if not claim and video is None:
        return finding
    with files_removed_on_failure() as written, transaction.atomic():
        claimed = [photo for photo in cleaned if photo.sent_sha256 in claim]
        if count := add_photos(finding, claimed, claim, written):
            audit.record(reporter, "photos-added", finding, photos=count)
        if video:
            _add_video(reporter, finding, video, written)
    return finding


def _add_video(reporter: Actor, finding: Finding, video: SentVideo, written: list[FieldFile]) -> None:
    """Add the one video of a finding; the same sent again is here, another one is not taken."""
    wait_turn("supervision.finding", finding.pk)
    _refuse_erased(finding)
    if not FindingVideo.objects.filter(finding=finding).exists():
        _store_video(finding, video, written)
        audit.record(reporter, "video-added", finding)


def _store_video(finding: Finding, video: SentVideo, written: list[FieldFile]) -> None:
    store_video(FindingVideo(finding=finding), video, written)
    arrivals.mark_video(finding, video.sha256)


def add_photos(
    finding: Finding,
    cleaned: Sequence[CleanPhoto],
    claim: Sequence[str],
    written: list[FieldFile],
    most: int | None = None,
) -> int:
    """Add photos that are not here yet, at most `most` in all (without: a report's); return how many are new.

    Within a transaction.
    """
    wait_turn("supervision.finding", finding.pk)  # two sendings at once add one photo once
    if cleaned or claim:
        _refuse_erased(finding)
    known = set(finding.photos.values_list("sha256", flat=True))
    fresh = [photo for photo in cleaned if photo.sha256 not in known]
    arrivals.announce(finding, [*claim, *(photo.sent_sha256 for photo in cleaned)], most)
    if fresh:
        require_room(len(known) + len(fresh), most or most_photos())
    store_photos(finding, fresh, written)
    arrivals.mark_arrived(finding, (photo.sent_sha256 for photo in cleaned))
    return len(fresh)


def _refuse_erased(finding: Finding) -> None:
    """A phone that still has photos of what was erased meanwhile does not bring them back."""
    if Finding.objects.filter(pk=finding.pk, text=ERASED).exists():
        raise BadInput(gettext("已依法删除。"), code="erased")


@contextmanager
def files_removed_on_failure() -> Iterator[list[FieldFile]]:
    """Remove the files listed meanwhile when what follows fails: the database forgets by itself, a disk does not."""
    written: list[FieldFile] = []
    try:
        yield written
    except BaseException:
        for file in written:
            remove_unnamed(str(file.name))
        raise


def submit(finding: Finding, verb: str = Verb.SUBMITTED) -> Suggestion:
    """Make the suggestion of a new finding; what is submitted goes on its way, what is received waits for staff."""
    now = timezone.now()
    suggestion = Suggestion.objects.create(
        number=next_number(timezone.localdate(now).year),
        finding=finding,
        title=title_of(finding.text),
        text=finding.text,
        category=finding.category,
        area=finding.area,
        author=finding.reporter,
        state=TABLE.beginnings[verb],
        submitted_at=now,
        notice_due_on=periods.ends_on(Clock.NOTICE, timezone.localdate(now)),
    )
    by = finding.reporter or Reporter(suggestion.pk)
    record(suggestion, verb, by, text=finding.text)
    if verb == Verb.SUBMITTED:
        assign_by_rules(suggestion)
    return suggestion


def title_of(text: str) -> str:
    """Return the first line of what was written, as a title."""
    return text.strip().splitlines()[0][:TITLE_LENGTH]
