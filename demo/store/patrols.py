"""Patrols of deputies along waters, what they found, and what photos say of their own time and place.

Every track goes through the service that a phone's would, so that its length, its waters and its doubts are computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import cast
from uuid import UUID, uuid5

from django.contrib.gis.geos import LineString

from accounts.models import Area, User
from accounts.rules.services import begin
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.chance import stream
from demo.plan.matters import NAMESPACE
from demo.store.areas import author_name
from demo.store.pictures import kept
from geokit.crs.gcj02 import wgs84_to_gcj02
from inspections.models import Capacity, FindingPhotoCheck, Patrol, PatrolFinding, PatrolPhoto
from inspections.patrols import services
from river_monitoring.models import MonitoringPoint
from river_monitoring.rectification.photo_proof import proof_fields
from supervision.models import Finding, FindingPhoto

STEP = 0.00032  # degrees: about 32 m, walked in 25 s
JITTER = 4e-5
PACE_S = 25
BASIS = "演示要求，非本区公布"
# Who, how many days ago, how many positions, as whom; each walk begins at another point.
WALKS = (
    (0, 4, 95, Capacity.DEPUTY),
    (0, 33, 70, Capacity.DEPUTY),
    (0, 61, 24, Capacity.TOWN),
    (1, 9, 110, Capacity.DEPUTY),
    (2, 17, 80, Capacity.VILLAGE),
    (3, 40, 60, Capacity.DEPUTY),
    (4, 75, 90, Capacity.DEPUTY),
)
SAID = (
    ("floating", "水面有成片漂浮垃圾，约二十平方米，集中在桥下。"),
    ("outfall", "晴天排口有水流出，颜色发白，附近有洗涤剂气味。"),
    ("facility", "护栏缺了两米，拦污网松脱。"),
    ("good", "水面干净，岸坡完好，公示牌清楚。"),
    ("signboard", "公示牌上的河长已经离任，电话打不通。"),
    ("encroachment", "岸边搭了棚屋，占用护堤地约十平方米。"),
    ("smell", "水体发黑，有异味，下风向更明显。"),
)


@dataclass(frozen=True)
class _Said:
    """What a drawn photo is to say of itself."""

    lon: float | None
    lat: float | None
    taken_at: datetime | None


def store_patrols(today: date, users: dict[str, User]) -> int:
    """Write rules, patrols and what was found; return how many patrols there are."""
    _store_rules(today)
    chance = stream("patrols")
    # Some waters leave the district; nobody's track does.
    district = Area.objects.get(code=sources.DISTRICT)
    assert district.geom is not None  # noqa: S101 - the demo has drawn it
    inside = MonitoringPoint.objects.filter(reach__geom__coveredby=district.geom.buffer(-JITTER))
    points = list(inside.select_related("reach__river").order_by("code"))
    chance.shuffle(points)
    for number, (author, days_ago, count, capacity) in enumerate(WALKS):
        user, began = users[author_name(author)], moment(today - timedelta(days=days_ago), 8 + number % 3, 15)
        _walk(number, user, began, count, capacity, points[number], chance)
    _turn_into_matters(users["deputy"])
    _store_checks(chance)
    return Patrol.objects.count()


def _store_rules(today: date) -> None:
    rows = ((Capacity.DEPUTY, 30, 20, 1000), (Capacity.TOWN, 10, 30, 2000), (Capacity.VILLAGE, 7, 20, 1000))
    values = {}
    for capacity, *asked in rows:
        for name, number in zip(("every_days", "min_minutes", "min_metres"), asked, strict=True):
            values[f"patrols.{capacity}.{name}"] = number
    begin(values, since=today, reason=BASIS)


def _walk(
    number: int, user: User, began: datetime, count: int, capacity: str, point: MonitoringPoint, chance: Random
) -> None:
    name = f"patrol:{number}"
    river = point.reach.river if point.reach else None
    patrol = services.start(
        user, client_id=_uuid(name), capacity=capacity, river_code=river.code if river else "", now=began
    )
    rows = _positions(point, began, count, chance)
    if number % 3 == 1:
        rows[len(rows) // 2]["lng"] += 0.05  # a position from a mast instead of from satellites
    services.add_track(user, patrol.pk, batch_id=_uuid(f"{name}:track"), rows=rows)
    for each in range(1 + number % 3):
        at = rows[min(len(rows) - 1, 10 + 12 * each)]
        _find(patrol, at, SAID[(number + 2 * each) % len(SAID)], f"{name}:{each}", chance)
    services.stop(user, patrol.pk, note="沿河步行查看。", now=began + timedelta(seconds=PACE_S * count + 60))


def _positions(point: MonitoringPoint, began: datetime, count: int, chance: Random) -> list[dict]:
    """Along the water from the point on, there and back, a few metres beside the line."""
    assert point.reach is not None  # noqa: S101 - only points on a reach are asked for
    line = cast(LineString, max(point.reach.geom, key=lambda part: part.length))
    first, long = line.project(point.geom), max(line.length, STEP)
    places = []
    for step in range(count):
        along = (first + step * STEP) % (2 * long)
        places.append(line.interpolate(along if along <= long else 2 * long - along))
    return [
        {
            "n": n,
            "t": (began + timedelta(seconds=PACE_S * n)).isoformat(),
            "lng": round(place.x + chance.uniform(-JITTER, JITTER), 7),
            "lat": round(place.y + chance.uniform(-JITTER, JITTER), 7),
            "accuracy": chance.randrange(4, 15),
        }
        for n, place in enumerate(places)
    ]


def _find(patrol: Patrol, at: dict, said: tuple[str, str], name: str, chance: Random) -> None:
    kind, text = said
    found = services.add_finding(
        patrol.user, patrol.pk, client_id=_uuid(name), kind=kind, text=text, lon=at["lng"], lat=at["lat"],
        seen_at=datetime.fromisoformat(at["t"]), now=datetime.fromisoformat(at["t"]),
    )  # fmt: skip
    stored, picture = kept(f"{'after' if kind == 'good' else 'before'}-{chance.randrange(1, 7)}.jpg", "patrols")
    PatrolPhoto.objects.create(
        found=found, file=stored, sha256=picture.sha256, width=picture.width, height=picture.height,
        **proof_fields(_said(found.geom, found.seen_at, chance), found.geom, found.seen_at),
    )  # fmt: skip


def _said(place: object, at: datetime, chance: Random) -> _Said:
    """Mostly the truth; sometimes nothing, an older picture, or the offset of Chinese web maps."""
    lon, lat = place.x + chance.uniform(-1e-4, 1e-4), place.y + chance.uniform(-1e-4, 1e-4)  # type: ignore[attr-defined]
    soon = at - timedelta(minutes=chance.randrange(1, 9))
    lot = chance.random()
    if lot < 0.12:
        return _Said(None, None, None)
    if lot < 0.2:
        return _Said(lon + 0.012, lat, at - timedelta(days=2, hours=3))
    if lot < 0.3:
        moved = wgs84_to_gcj02(lon, lat)
        return _Said(float(moved[0]), float(moved[1]), soon)
    return _Said(lon, lat, soon)


def _turn_into_matters(deputy: User) -> None:
    """Her newest matters about a point grew out of what she found on patrol."""
    matters = Finding.objects.filter(reporter=deputy, point__isnull=False).order_by("-seen_at")
    found = PatrolFinding.objects.filter(patrol__user=deputy).exclude(kind="good").order_by("-seen_at")
    for one, matter in zip(found[:2], matters[:2], strict=False):
        one.matter = matter
        one.save(update_fields=["matter"])


def _store_checks(chance: Random) -> None:
    photos: Iterable[FindingPhoto] = FindingPhoto.objects.select_related("finding").order_by("pk")
    FindingPhotoCheck.objects.bulk_create(
        FindingPhotoCheck(
            photo=photo,
            **proof_fields(
                _said(photo.finding.geom, photo.finding.seen_at, chance), photo.finding.geom, photo.finding.seen_at
            ),
        )
        for photo in photos
    )


def _uuid(name: str) -> UUID:
    return uuid5(NAMESPACE, name)
