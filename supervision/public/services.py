"""Writes of the public side. Each is one function, one transaction, and the event that says what was done."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts import rules
from accounts.permissions import Asker
from geokit.refusal import BadInput, Refusal, refuse
from ledger import audit
from ledger.actors import Actor, account_of
from ledger.filestore.removal import release
from ledger.filestore.responses import opened
from ledger.locks import wait_turn
from ledger.steps.apply import apply
from supervision.findings.intake import check_report, clean_photos, most_photos
from supervision.findings.models import Finding, FindingPhoto
from supervision.findings.videos import check_video
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.permissions import Reporter
from supervision.matters.services import accept, decline, file_finding, filing, rate
from supervision.matters.states import Verb
from supervision.matters.table import TABLE
from supervision.matters.workflow import MATTERS
from supervision.public import private_links, reporter_mail
from supervision.public.models import PublishedPhoto, ReporterAccess, Support
from supervision.public.permissions import matters_readable_by, photos_to_cover
from ui.pictures import covering
from ui.pictures.photos import CleanPhoto

__all__ = ["file_finding"]


def most_added() -> int:
    """Return how many photos a reporter's matter may have in all, with those that she adds later."""
    return 2 * most_photos()


def is_filed(client_id: UUID) -> bool:
    """Tell whether something was filed under this number: then it is sent again rather than new."""
    return Finding.objects.filter(client_id=client_id).exists()


def is_sent_again(user: Asker, client_id: str, secret: str) -> bool:
    """Tell whether a report with this number is here and is this sender's own: hers by account, or by its secret."""
    try:
        finding = Finding.objects.filter(client_id=UUID(client_id)).select_related("access").first()
    except ValueError:
        return False
    access = getattr(finding, "access", None)
    if finding is None or access is None:
        return finding is not None and finding.reporter_id is not None and finding.reporter == account_of(user)
    return bool(access.token_digest == private_links.digest_of(secret))


def file_report(
    *,
    client_id: UUID,
    secret: str,
    text: str,
    category: str,
    lon: float | None,
    lat: float | None,
    photos: Sequence[File | CleanPhoto] = (),
    point_code: str | None = None,
    project_code: str | None = None,
    seen_at: datetime | None = None,
    address: str = "",
    email: str = "",
    claim: Sequence[str] = (),
    kind: str = "",
    video: File | None = None,
) -> Finding:
    """File what somebody without an account saw (WGS 84 degrees); staff look at it before it goes on.

    Idempotent by `client_id` and `secret` (`links.fresh_secret`) together: what is sent again is not stored again, and
    who knows only the number learns nothing; photos of its `claim` that were missing are added.
    Raises BadInput (each field in `errors`) or PhotoRefused.
    """
    _refuse_weak(secret)
    if filed := _already_filed(client_id, secret):
        return filing.add_missing(None, filed, clean_photos(photos), claim, check_video(video))
    report = check_report(
        AnonymousUser(),
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
        with filing.files_removed_on_failure() as written, transaction.atomic():
            finding = filing.store_finding(None, client_id, report)
            filing.store_sent(finding, cleaned, claim, written, looked_at)
            filing.submit(finding, SuggestionEvent.Verb.RECEIVED)
            reporter_mail.confirm_receipt(_give_link(finding, secret, email))
    except IntegrityError:
        # The same report came twice at the same moment; the other request has stored it.
        if filed := _already_filed(client_id, secret):
            return filing.add_missing(None, filed, cleaned, claim, looked_at)
        raise
    return finding


def say_more(
    access: ReporterAccess, *, text: str, photos: Sequence[File | CleanPhoto] = (), claim: Sequence[str] = ()
) -> None:
    """Add what the reporter says, and her photos, to her matter. Raises BadInput, PhotoRefused, NotPermitted.

    Without words the photos alone are added, such as those that have not arrived with the report.

    The same words again are the same message sent again: they are not said twice, photos of its `claim` that were
    missing are added.
    """
    cleaned = clean_photos(photos)
    reporter = Reporter(access.finding.suggestion.pk)
    with filing.files_removed_on_failure() as written, transaction.atomic():
        if not text.strip():
            _refuse_closed(access)
        elif not _said_last(access, text.strip()):
            apply(MATTERS, reporter, reporter.suggestion_id, Verb.SAY, None, {"text": text.strip()})
        filing.add_photos(access.finding, cleaned, claim, written, most=most_added())
        _refuse_too_many(access.finding.photos.count())


def _refuse_closed(access: ReporterAccess) -> None:
    """Photos alone are no step that the table could refuse: they too are added while the matter is open only."""
    wait_turn("supervision.finding", access.finding.pk)
    state = Suggestion.objects.values_list("state", flat=True).get(pk=access.finding.suggestion.pk)
    if state not in TABLE.in_group("open"):
        raise BadInput(gettext("这件已经办结，不能再补充。"), code="closed")


def _said_last(access: ReporterAccess, text: str) -> bool:
    """Tell whether these are the words that the reporter said last."""
    wait_turn("supervision.finding", access.finding.pk)
    said = (
        access.finding.suggestion.events.filter(verb=SuggestionEvent.Verb.SAID, by_reporter=True)
        .order_by("-at", "-pk")
        .first()
    )
    return said is not None and said.text == text


def rate_by_reporter(
    access: ReporterAccess, *, version: int, handling: str, outcome: str, text: str = ""
) -> Suggestion:
    """Rate the answer once; not satisfied with the result sends the matter back, once. Raises as every step does."""
    reporter = Reporter(access.finding.suggestion.pk)
    given = {"handling": handling, "outcome": outcome, "text": text}
    return rate(reporter, reporter.suggestion_id, version=version, **given)


@transaction.atomic
def support(user: Asker, suggestion_id: int, who: str) -> bool:
    """Count somebody else who met the same; False when she has been counted. `who` is a digest (`rates.digest_of`)."""
    suggestion = matters_readable_by(user).filter(pk=suggestion_id).first()
    if suggestion is None or suggestion.finding is None:
        raise BadInput(gettext("没有这件事项，或者已不再公开。"), code="unknown-suggestion")
    _row, new = Support.objects.get_or_create(finding=suggestion.finding, who=who)
    return new


def adopt(deputy: Actor, suggestion_id: int, *, version: int) -> Suggestion:
    """Make `deputy` the author of a citizen's matter: she follows it and rates the answer."""
    return apply(MATTERS, deputy, suggestion_id, Verb.ADOPT, version).suggestion


def moderate(staff: Actor, chosen: Iterable[tuple[int, int]], *, text: str | None) -> tuple[int, list[str]]:
    """Accept (`text` None) or decline many, each in a transaction of its own; `chosen` are ids with versions.

    Returns how many went through, and a sentence for each that did not.
    """
    done, refused = 0, []
    for pk, version in chosen:
        try:
            if text is None:
                accept(staff, pk, version=version)
            else:
                decline(staff, pk, version=version, text=text)
            done += 1
        except Refusal as refusal:
            refused.append(refusal.message)
    return done, refused


def publish(staff: Actor, suggestion_id: int, *, version: int, text: str) -> Suggestion:
    """Publish a matter, or publish it anew, with the words that everybody may read. Raises as every step does.

    Answers that are there by now become public with it; later ones wait until it is published anew (`public.timeline`).
    """
    return apply(MATTERS, staff, suggestion_id, Verb.PUBLISH, version, {"text": text}).suggestion


def withdraw(staff: Actor, suggestion_id: int, *, version: int) -> Suggestion:
    """Take a matter out of public sight; its public text stays for the next time. Raises as every step does."""
    return apply(MATTERS, staff, suggestion_id, Verb.WITHDRAW, version).suggestion


def publish_photo(staff: Actor, photo_id: int, boxes: Sequence[Sequence[int]]) -> PublishedPhoto:
    """Make the public copy of a photo from its original, with `boxes` covered (pixels: left, top, width, height)."""
    photo = photos_to_cover(account_of(staff)).filter(pk=photo_id).select_related("finding__suggestion").first()
    if photo is None:
        raise BadInput(gettext("没有这张照片。"), code="unknown-photo")
    checked, content = covering.covered_copy(lambda: opened(photo.file), boxes, photo.width, photo.height)
    with filing.files_removed_on_failure() as written, transaction.atomic():
        return _store_copy(staff, photo, checked, content, written)


@transaction.atomic
def withdraw_photo(staff: Actor, photo_id: int) -> None:
    """Take the public copy of a photo away; the original stays. Nothing happens when there is none."""
    row = PublishedPhoto.objects.filter(photo__in=photos_to_cover(account_of(staff)), photo_id=photo_id).first()
    if row is None:
        return
    row.delete()
    _note_copy(staff, row.photo)
    release(str(row.file.name))


def _store_copy(staff: Actor, photo: FindingPhoto, boxes: list, content: bytes, written: list) -> PublishedPhoto:
    row = PublishedPhoto.objects.select_for_update().filter(photo=photo).first() or PublishedPhoto(photo=photo)
    old = str(row.file.name) if row.pk else ""
    row.boxes, row.made_by, row.made_at = boxes, account_of(staff), timezone.now()
    row.file.save(f"{photo.pk}.jpg", ContentFile(content), save=False)
    written.append(row.file)
    row.save()
    _note_copy(staff, photo)
    if old != str(row.file.name):
        release(old)
    return row


def _note_copy(staff: Actor, photo: FindingPhoto) -> None:
    apply(MATTERS, staff, photo.finding.suggestion.pk, Verb.REDACT)
    audit.record(staff, "photo-redacted", photo)


def _refuse_weak(secret: str) -> None:
    if not private_links.is_secret(secret):
        raise refuse("secret", "bad-secret", gettext("查询链接的编号不对，请刷新页面重新填报。"))


def _already_filed(client_id: UUID, secret: str) -> Finding | None:
    """Return the finding of this number; refuse a number that somebody else has used."""
    finding = Finding.objects.filter(client_id=client_id).select_related("access").first()
    if finding is None:
        return None
    access = getattr(finding, "access", None)
    if access is None or access.token_digest != private_links.digest_of(secret):
        raise refuse("client_id", "client-id-taken", gettext("这个填报编号已被使用，请刷新页面重新填报。"))
    return finding


def _give_link(finding: Finding, secret: str, email: str) -> ReporterAccess:
    expires = timezone.now() + timedelta(days=rules.value("reports.link_days"))
    return ReporterAccess.objects.create(
        finding=finding, token_digest=private_links.digest_of(secret), expires_at=expires, email=email.strip().lower()
    )


def _refuse_too_many(count: int) -> None:
    if count > (most := most_added()):
        raise refuse("photos", "too-many-photos", gettext("一件事项最多保存 %d 张照片。") % most)
