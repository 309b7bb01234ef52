"""Receptions: who was there, what was brought up, who has booked, and the steps each went through."""

from datetime import timedelta
from hashlib import sha256

from accounts.models import User
from demo.plan.calendar import moment
from demo.plan.congress.receptions import Session
from stations.duty.services import DutyEntry, record_duties
from stations.models import (
    Attendance,
    Booking,
    Deputy,
    DutyKind,
    Matter,
    Reception,
    ReceptionEvent,
    Station,
)

NOTICE = timedelta(days=9)
ONLINE_URL = "https://meeting.example.cn/demo"
Pairs = list[tuple[Reception, Session]]


def store_receptions(sessions: tuple[Session, ...], found: dict[str, Station], staff: User) -> int:
    """Write the sessions with all that belongs to them; return how many there are."""
    receptions = Reception.objects.bulk_create(_reception(session, found) for session in sessions)
    pairs = list(zip(receptions, sessions, strict=True))
    deputies = {deputy.code: deputy for deputy in Deputy.objects.all()}
    through = Reception.deputies.through
    through.objects.bulk_create(
        through(reception_id=reception.pk, deputy_id=deputies[code].pk)
        for reception, session in pairs
        for code in session.deputies
    )
    _store_attendances(pairs, deputies)
    _store_matters(pairs)
    _store_bookings(pairs)
    _store_events(pairs, deputies, staff)
    _store_duties(pairs, deputies)
    return len(receptions)


def _reception(session: Session, found: dict[str, Station]) -> Reception:
    return Reception(
        station=found[session.station],
        kind=session.kind,
        status=Reception.Status.RECORDED if session.held else Reception.Status.ANNOUNCED,
        theme=session.theme,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        online_url=ONLINE_URL if session.kind == "online" else "",
        capacity=session.capacity,
        visitors=session.visitors,
    )


def _store_attendances(pairs: Pairs, deputies: dict[str, Deputy]) -> None:
    Attendance.objects.bulk_create(
        Attendance(reception=reception, deputy=deputies[code], how=Attendance.How.SELF, at=session.starts_at)
        for reception, session in pairs
        if session.held
        for code in session.deputies
    )


def _store_matters(pairs: Pairs) -> None:
    Matter.objects.bulk_create(
        Matter(
            reception=reception,
            number=number,
            level=matter.level,
            text=matter.text,
            answer=matter.answer,
            settled_on=matter.settled_on,
        )
        for reception, session in pairs
        for number, matter in enumerate(session.matters, start=1)
    )


def _store_bookings(pairs: Pairs) -> None:
    """Nobody holds the link of a booking of the demo: its token was never made."""
    Booking.objects.bulk_create(
        Booking(
            reception=reception,
            token_hash=sha256(f"{reception.pk}:{booked.phone}".encode()).hexdigest(),
            name=booked.name,
            phone=booked.phone.replace("-", ""),
            people=booked.people,
            topic=booked.topic,
            created_at=session.starts_at - NOTICE,
        )
        for reception, session in pairs
        for booked in {booked.phone: booked for booked in session.bookings}.values()
    )


def _store_events(pairs: Pairs, deputies: dict[str, Deputy], staff: User) -> None:
    """Announced some days ahead, recorded when it was over."""
    Verb = ReceptionEvent.Verb
    events = []
    for reception, session in pairs:
        people = sorted(deputies[code].pk for code in session.deputies)
        announced_at = moment(session.starts_at.date() - NOTICE)
        events.append(
            ReceptionEvent(
                reception=reception, verb=Verb.ANNOUNCED, at=announced_at, actor=staff, detail={"deputies": people}
            )
        )
        if session.held:
            detail = {"visitors": session.visitors, "deputies": people}
            events.append(
                ReceptionEvent(reception=reception, verb=Verb.RECORDED, at=session.ends_at, actor=staff, detail=detail)
            )
    ReceptionEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))


def _store_duties(pairs: Pairs, deputies: dict[str, Deputy]) -> None:
    """What a deputy who signed in has done, as `stations.receptions.services` would have recorded it."""
    record_duties(
        DutyEntry(
            deputies[code].pk,
            DutyKind.RECEPTION,
            session.starts_at.date(),
            f"reception:{reception.pk}",
            session.theme or f"{reception.station.name}{reception.get_kind_display()}",
            f"/stations/receptions/{reception.pk}/",
        )
        for reception, session in pairs
        if session.held
        for code in session.deputies
    )
