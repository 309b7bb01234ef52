"""The steps of rectification, the photos that prove them, and who accepts in the demo district."""

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts import rules
from accounts.models import Department, User
from accounts.rules.services import begin
from demo.plan.calendar import moment, sampled_months
from demo.plan.cases import History, Picture, Step
from demo.plan.chance import stream
from demo.store.areas import officer_name
from demo.store.geometry import to_point
from demo.store.pictures import shown_once
from geokit.photo_claims import metres_between
from river_monitoring.models import Evidence, EvidenceCheck, MonitoringPoint, RectificationEvent
from river_monitoring.rectification.acceptance_sheet import Acceptance, make_sheet
from river_monitoring.rectification.models import PhotoVouch
from river_monitoring.rectification.standing import basis
from ui.pictures.copies import picture_hashes
from ui.pictures.server import AT_ONCE

SHEETS = 5
BODIES = ("ecology", "river-office")
CAPTIONS = {"before": "治理前现场（示意图）", "after": "治理后现场（示意图）"}
VOUCHED = "现场核对了岸线、房屋和桥栏，照片里的就是这个点位；拍摄时间与施工日志一致。"


def store_accepting_bodies(today: date) -> None:
    """The ecology bureau and the office against bad water accept, since before the first listing."""
    since = sampled_months(today)[0]
    begin({"delisting.accepting_bodies": BODIES}, since=since, reason="区治水工作领导小组明确的验收单位")


def store_steps(
    histories: tuple[History, ...],
    points: dict[str, MonitoringPoint],
    users: dict[str, User],
    departments: dict[str, Department],
) -> int:
    """Events, each with its photos and what these say of their place and time."""
    chance = stream("steps")
    judged_by = basis()
    with_sheet = {history.place.code for history in _newest_delisted(histories)}
    events: list[RectificationEvent] = []
    last: list[RectificationEvent] = []
    pictures: list[tuple[RectificationEvent, Picture]] = []
    for history in histories:
        for step in history.steps:
            event = _event(step, history.place.department, points[history.place.code], users, chance)
            event.basis = judged_by | {"version": rules.version(step.day)}
            is_last = step is history.steps[-1] and history.place.code in with_sheet
            (last if is_last else events).append(event)
            pictures += [(event, picture) for picture in step.photos]
    RectificationEvent.objects.bulk_create(events)
    _store_pictures(pictures, users)
    for event in last:
        _store_with_sheet(event)
    return len(events) + len(last)


def _newest_delisted(histories: tuple[History, ...]) -> list[History]:
    """The cases of which acceptance is the last step, the newest: they have a sheet, as every acceptance has now.

    Setting one takes half a second, so that the demo begins with a few and says of the others nothing.
    """
    accepted = [history for history in histories if history.steps and history.steps[-1].is_acceptance]
    return sorted(accepted, key=lambda history: history.steps[-1].day)[-SHEETS:]


def _store_with_sheet(event: RectificationEvent) -> None:
    if event.actor is None:
        raise LookupError(f"nobody accepts {event.point.code}")
    accepted = Acceptance(event.point, event.actor, event.at, event.note, event.basis)
    sheet = make_sheet(accepted)
    event.sheet_sha256 = sheet.sha256
    event.save()
    stored = default_storage.save(f"evidence/{sheet.sha256[:32]}.pdf", ContentFile(sheet.content))
    Evidence.objects.create(event=event, kind=sheet.kind, file=stored, caption=sheet.caption, sha256=sheet.sha256)


def accepting_officer(department: str, day: date) -> str:
    """The user name of who inspects on a day: one of the accepting bodies, never the one that is responsible."""
    others = [code for code in BODIES if code != department]
    return officer_name(others[day.day % len(others)])


def _event(
    step: Step, department: str, point: MonitoringPoint, users: dict[str, User], chance: Random
) -> RectificationEvent:
    name = accepting_officer(department, step.day) if step.inspector else officer_name(department)
    actor = None if step.by_rule else users[name]
    at = moment(step.day, 6, 40) if step.by_rule else moment(step.day, chance.randrange(9, 17), chance.randrange(60))
    return RectificationEvent(
        point=point,
        at=at,
        from_status=step.source.value,
        to_status=step.target.value,
        actor=actor,
        department=actor.department if actor else None,
        note=step.note,
        due_on=step.due_on,
    )


def _store_pictures(pictures: list[tuple[RectificationEvent, Picture]], users: dict[str, User]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:  # each waits for a process that looks at the picture
        pieces = Evidence.objects.bulk_create(threads.map(lambda pair: _evidence(*pair), pictures))
    pairs = [(piece, picture) for piece, (_event, picture) in zip(pieces, pictures, strict=True)]
    EvidenceCheck.objects.bulk_create(_check(piece, picture) for piece, picture in pairs)
    PhotoVouch.objects.bulk_create(_vouch(piece, users) for piece, picture in pairs if picture.away_m is None)


def _evidence(event: RectificationEvent, picture: Picture) -> Evidence:
    stored, content, sha256 = shown_once(picture.drawing, f"{event.point.code} {picture.taken_at}", "evidence")
    return Evidence(
        event=event,
        kind=picture.kind,
        file=stored,
        caption=CAPTIONS[picture.kind],
        sha256=sha256,
        picture_hashes=picture_hashes(content),
        taken_at=picture.taken_at,
    )


def _check(piece: Evidence, picture: Picture) -> EvidenceCheck:
    late_s = round((piece.event.at - picture.taken_at).total_seconds())
    found = EvidenceCheck(evidence=piece, exif_at=picture.taken_at, late_s=late_s)
    if picture.away_m is not None:
        lng, lat = _beside(piece.event.point, picture.away_m)
        found.exif_place = to_point((lng, lat))
        found.away_m = metres_between(lng, lat, piece.event.point.geom.x, piece.event.point.geom.y)
    return found


def _beside(point: MonitoringPoint, metres: float) -> tuple[float, float]:
    """A place about so many metres north-east of the point, degrees."""
    north = metres / math.sqrt(2) / 111_000
    return point.geom.x + north / math.cos(math.radians(point.geom.y)), point.geom.y + north


def _vouch(piece: Evidence, users: dict[str, User]) -> PhotoVouch:
    at: datetime = piece.event.at + timedelta(days=2)
    actor = users[accepting_officer(piece.event.point.department.code, piece.event.at.date())]
    return PhotoVouch(evidence=piece, at=at, actor=actor, department=actor.department, reason=VOUCHED)
