"""Writes of patrols: each is one function, one transaction, and the event that says what was done."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted, TooLarge
from inspections.patrols import measuring
from inspections.patrols.models import (
    Capacity,
    FindingPhotoCheck,
    Patrol,
    PatrolEvent,
    PatrolFinding,
    PatrolPhoto,
    TrackBatch,
    TrackPoint,
)
from inspections.patrols.permissions import found_visible_to, may_patrol, may_record, patrols_visible_to
from inspections.patrols.track import CLOCK_AHEAD, Fix
from inspections.patrols.track_batches import MOST_IN_PATROL, read_batch
from ledger import audit
from ledger.actors import account_of
from ledger.filestore.responses import opened
from ledger.locks import wait_turn
from river_monitoring.models import MonitoringPoint, River
from river_monitoring.permissions import points_visible_to, rivers_visible_to
from river_monitoring.rectification.photo_proof import proof_fields
from supervision.findings.intake import MAX_TEXT, check_report, clean_photos
from supervision.kinds.queries import kinds
from supervision.matters import services as chain
from supervision.matters.services.filing import files_removed_on_failure
from supervision.models import Category, Finding
from supervision.permissions import may_report
from ui.pictures.photos import CleanPhoto

Verb = PatrolEvent.Verb
SENT_AS = {
    PatrolFinding.Kind.FLOATING.value: "oil-film",
    PatrolFinding.Kind.OUTFALL.value: "outfall",
    PatrolFinding.Kind.SMELL.value: "water-colour",
    PatrolFinding.Kind.DEAD_FISH.value: "fish-kill",
    PatrolFinding.Kind.ENCROACHMENT.value: "river-bank",
    PatrolFinding.Kind.DUMPING.value: "bulky-waste",
}
"""Kinds of findings of a patrol, and the kinds of problem that they are."""


@transaction.atomic
def start(
    actor: Asker,
    *,
    client_id: UUID,
    capacity: str = Capacity.DEPUTY,
    river_code: str = "",
    began_at: datetime | None = None,
    now: datetime | None = None,
) -> Patrol:
    """Begin a patrol; the same `client_id` again is the same patrol. Raises NotPermitted or BadInput.

    `began_at` is when the phone says that it began without signal; the event keeps when we heard of it.
    """
    if not may_patrol(actor):
        raise NotPermitted(_("巡查由人大代表和人大工作人员记录。"))
    wait_turn("inspections.start")  # what is asked here must still hold when the patrol is written
    if known := Patrol.objects.filter(client_id=client_id).first():
        return _own(actor, known)
    running = Patrol.objects.filter(user=account_of(actor), ended_at__isnull=True).first()
    if running is not None:
        raise BadInput(_("您还有一次没有结束的巡查，请先结束它。"), code="already-running")
    patrol = Patrol.objects.create(
        client_id=client_id,
        user=account_of(actor),
        capacity=_known_capacity(capacity),
        river=_river(actor, river_code),
        started_at=_began(actor, began_at, now) if began_at else now or timezone.now(),
    )
    _record(patrol, Verb.STARTED, actor, at=now or timezone.now())
    return patrol


@transaction.atomic
def add_track(actor: Asker, patrol_id: int, *, batch_id: UUID, rows: Any) -> int:
    """Keep one batch of positions; return how many the patrol has now. The same batch again changes nothing.

    Raises NotPermitted, BadInput with an error per broken row, or TooLarge over the limits of a batch or a patrol.
    """
    patrol = _locked(actor, patrol_id)
    if known := TrackBatch.objects.filter(client_id=batch_id).first():
        if known.patrol_id != patrol.pk:
            raise BadInput(_("这个批次编号已被别的巡查使用。"), code="client-id-taken")
        return patrol.points.count()
    _refuse_ended(patrol)
    fixes = read_batch(rows)
    have = patrol.points.count()
    if have + len(fixes) > MOST_IN_PATROL:
        message = _("一次巡查最多 %d 个轨迹点，请结束这次巡查后另开一次。") % MOST_IN_PATROL
        raise TooLarge(message, code="track-too-long")
    _store(patrol, batch_id, fixes)
    return patrol.points.count()


@transaction.atomic
def stop(
    actor: Asker, patrol_id: int, *, note: str = "", ended_at: datetime | None = None, now: datetime | None = None
) -> Patrol:
    """End a patrol and measure it: length, time, waters passed. Ending it again changes nothing.

    `ended_at` is when the phone says that it ended without signal; one to come counts as now.
    """
    patrol = _locked(actor, patrol_id)
    if not patrol.is_running:
        return patrol
    heard_at = now or timezone.now()
    patrol.ended_at = max(min(ended_at or heard_at, heard_at), patrol.started_at)
    patrol.note = note.strip()[:1000]
    measuring.measure_patrol(patrol, now=patrol.ended_at)
    patrol.save()
    _record(
        patrol,
        Verb.STOPPED,
        actor,
        text=patrol.note,
        digest=measuring.digest_of(patrol),
        at=max(heard_at, patrol.started_at),
    )
    audit.record(actor, "patrol-stopped", patrol, metres=round(patrol.length_m))
    return patrol


def add_finding(
    actor: Asker,
    patrol_id: int,
    *,
    client_id: UUID,
    kind: str,
    text: str,
    lon: float | None,
    lat: float | None,
    photos: Sequence[File] = (),
    point_code: str = "",
    seen_at: datetime | None = None,
    now: datetime | None = None,
) -> PatrolFinding:
    """Keep something found on the way, with its photos. The same `client_id` again is the same finding.

    Raises NotPermitted, BadInput with an error per field, or PhotoRefused.
    """
    with files_removed_on_failure() as written, transaction.atomic():
        patrol = _locked(actor, patrol_id)
        if known := PatrolFinding.objects.filter(client_id=client_id).first():
            if known.patrol_id != patrol.pk:
                raise BadInput(_("这个填报编号已被使用，请刷新页面重新填报。"), code="client-id-taken")
            return known
        _refuse_ended(patrol)
        report = _checked(actor, kind, text, lon, lat, point_code, seen_at)
        found = PatrolFinding.objects.create(
            client_id=client_id,
            patrol=patrol,
            kind=kind,
            text=report.text,
            geom=report.place,
            area=report.area,
            point=report.point or _point_near(actor, report.place),
            seen_at=report.seen_at,
        )
        for photo in clean_photos(photos):
            written.append(_keep_photo(found, photo).file)
        _record(patrol, Verb.FOUND, actor, found=found, text=found.text, at=now)
        return found


@transaction.atomic
def send(actor: Asker, found_id: int, *, category: str = Category.ENVIRONMENT) -> Finding:
    """Send what was found into the chain as a matter: to the point's department, or by the rules of the place.

    Sending it again returns the matter that it became. Raises NotPermitted or BadInput.
    """
    found = found_visible_to(actor).select_for_update(of=("self",)).filter(pk=found_id).first()
    if found is None or found.patrol.user_id != getattr(actor, "pk", None) or not may_report(actor):
        raise NotPermitted(_("只有记录人自己可以转交这条发现。"))
    if found.kind == PatrolFinding.Kind.GOOD:
        raise BadInput(_("“情况良好”留在巡查记录里，不需要转交办理。"), code="nothing-to-send")
    if found.matter is not None:
        return found.matter
    photos = list(found.photos.all())
    matter = chain.file_finding(
        actor,
        client_id=found.client_id,
        text=_words_sent(found),
        category=category,
        kind=_sent_as(found.kind),
        lon=found.geom.x,
        lat=found.geom.y,
        photos=[_as_upload(photo) for photo in photos],
        point_code=found.point.code if found.point else None,
        seen_at=found.seen_at,
    )
    _carry_proofs(photos, matter)
    found.matter = matter
    found.save(update_fields=["matter"])
    _record(found.patrol, Verb.SENT, actor, found=found, text=matter.suggestion.number)
    return matter


def _began(actor: Asker, began_at: datetime, now: datetime | None) -> datetime:
    """When a patrol began that was begun without signal, checked: not to come, not long ago, not within another one."""
    heard_at = now or timezone.now()
    last = Patrol.objects.filter(user=account_of(actor)).aggregate(end=Max("ended_at"))["end"]
    if timezone.is_naive(began_at) or began_at > heard_at + CLOCK_AHEAD:
        message = _("开始时间晚于现在，请核对手机的时间。")
    elif heard_at - began_at > timedelta(hours=(late := rules.value("patrols.late_hours"))):
        message = _("开始时间早于 %d 小时以前，不能补记。") % late
    elif last and began_at < last:
        message = _("开始时间早于上一次巡查的结束时间。")
    else:
        return min(began_at, heard_at)
    raise BadInput(message, code="bad-start", errors=[FieldError("began_at", "bad-start", message)])


def _own(actor: Asker, patrol: Patrol) -> Patrol:
    if patrol.user_id != getattr(actor, "pk", None):
        raise BadInput(_("这个巡查编号已被使用，请刷新页面重新开始。"), code="client-id-taken")
    return patrol


def _known_capacity(capacity: str) -> str:
    if capacity not in Capacity.values:
        message = _("请选择以什么身份巡查。")
        raise BadInput(message, errors=[FieldError("capacity", "unknown", message)])
    return capacity


def _river(actor: Asker, code: str) -> River | None:
    if not code:
        return None
    river = rivers_visible_to(actor).filter(code=code).first()
    if river is None:
        message = _("没有编码为“%s”的河流，请重新选择。") % code
        raise BadInput(message, errors=[FieldError("river", "unknown", message)])
    return river


def _locked(actor: Asker, patrol_id: int) -> Patrol:
    """Lock a patrol of `actor`'s own; somebody else's looks like none at all to those who may not see it."""
    patrol = patrols_visible_to(actor).select_for_update(of=("self",)).filter(pk=patrol_id).first()
    if patrol is None:
        raise BadInput(_("没有编号为 %s 的巡查。") % patrol_id, code="unknown-patrol")
    if not may_record(actor, patrol):
        raise NotPermitted(_("巡查只能由巡查人自己记录。"))
    return patrol


def _refuse_ended(patrol: Patrol) -> None:
    if not patrol.is_running:
        raise BadInput(_("这次巡查已经结束，不能再补记。"), code="patrol-ended")


def _store(patrol: Patrol, batch_id: UUID, fixes: Sequence[Fix]) -> None:
    batch = TrackBatch.objects.create(patrol=patrol, client_id=batch_id, count=len(fixes))
    TrackPoint.objects.bulk_create(
        TrackPoint(
            patrol=patrol,
            batch=batch,
            number=fix.number,
            at=fix.at,
            geom=measuring.point_of(fix),
            accuracy_m=fix.accuracy_m,
        )
        for fix in _new_ones(patrol, fixes)
    )


def _new_ones(patrol: Patrol, fixes: Sequence[Fix]) -> Iterator[Fix]:
    """The positions that are not here yet, those whose number another one has under the next free number.

    Number and time of one that is here: it was sent before. The number alone: another phone, or this one after it has
    lost what it kept, counts from 0 again.
    """
    here = dict(patrol.points.values_list("number", "at"))
    times = set(here.values())
    free = max((*here, *(fix.number for fix in fixes)), default=0) + 1
    for fix in fixes:
        if fix.number not in here:
            yield fix
        elif fix.at not in times:
            yield replace(fix, number=free)
            free += 1


def _words_sent(found: PatrolFinding) -> str:
    """What the matter says: what kind it is, and what was written; the latter alone where a matter holds no more."""
    words = f"{found.get_kind_display()}：{found.text}"
    return words if len(words) <= MAX_TEXT else found.text


def _sent_as(kind: str) -> str:
    """The kind of problem that a finding of a patrol is, so that it has the same clock; "" for none in use."""
    code = SENT_AS.get(kind, "")
    return code if any(row.code == code for row in kinds()) else ""


def _checked(
    actor: Asker, kind: str, text: str, lon: float | None, lat: float | None, point_code: str, seen_at: datetime | None
) -> Any:
    """The checks of a report, and of the kind, with every error at once."""
    errors = []
    if kind not in PatrolFinding.Kind.values:
        errors.append(FieldError("kind", "unknown", _("请选择发现的类型。")))
    try:
        report = check_report(
            actor,
            text=text,
            category=Category.ENVIRONMENT,
            lon=lon,
            lat=lat,
            point_code=point_code,
            project_code=None,
            seen_at=seen_at,
            address="",
        )
    except BadInput as refusal:
        errors += refusal.errors
    if errors:
        raise BadInput(_("填报内容有 %d 处需要修改。") % len(errors), code="bad-finding", errors=errors)
    return report


def _point_near(actor: Asker, place: Any) -> MonitoringPoint | None:
    return measuring.nearest(points_visible_to(actor), place, rules.value("patrols.near_point_m"))


def _keep_photo(found: PatrolFinding, photo: CleanPhoto) -> PatrolPhoto:
    row = PatrolPhoto(
        found=found,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        **proof_fields(photo, found.geom, found.seen_at),
    )
    row.file.save(f"{found.client_id}-{photo.sha256[:16]}{photo.suffix}", ContentFile(photo.content), save=False)
    row.save()
    return row


def _as_upload(photo: PatrolPhoto) -> File:
    with opened(photo.file) as file:
        return ContentFile(file.read(), name=str(photo.file))


def _carry_proofs(photos: Sequence[PatrolPhoto], matter: Finding) -> None:
    """What EXIF said was read when the photo came; the copy that the matter keeps has none any more."""
    kept = list(matter.photos.order_by("pk"))
    if len(kept) != len(photos):
        return
    names = ("exif_at", "exif_place", "away_m", "late_s", "looks_offset")
    for photo, copy in zip(photos, kept, strict=True):
        said = {name: getattr(photo, name) for name in names}
        FindingPhotoCheck.objects.update_or_create(photo=copy, defaults=said)


def _record(patrol: Patrol, verb: str, actor: Asker, *, at: datetime | None = None, **more: Any) -> PatrolEvent:
    return PatrolEvent.objects.create(
        patrol=patrol, verb=verb, at=at or timezone.now(), actor=account_of(actor), **more
    )


__all__ = ["CLOCK_AHEAD", "add_finding", "add_track", "send", "start", "stop"]
