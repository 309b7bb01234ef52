"""Liaison stations, deputies and receptions."""

from accounts.models import Area, User
from geo_portal.demo.matters import AUTHORS
from geo_portal.demo.stations import Session, deputies, stations
from geo_portal.demo.store.areas import author_name
from geo_portal.demo.store.geometry import to_point
from stations.models import Deputy, Reception, Station


def store_stations(areas: dict[str, Area], users: dict[str, User]) -> dict[str, Station]:
    """Stations by code; their deputies with them. The deputies that file findings are linked to their users."""
    found = {
        station.code: station
        for station in Station.objects.bulk_create(
            Station(
                code=place.code,
                name=place.name,
                kind=place.kind,
                area=areas[place.town.code],
                address=place.address,
                phone=place.phone,
                opening=place.opening,
                geom=to_point(place.place),
                is_schematic=True,
            )
            for place in stations()
        )
    }
    accounts = {deputies()[number].code: users[author_name(number)] for number in range(AUTHORS)}
    Deputy.objects.bulk_create(
        Deputy(
            code=person.code,
            name=person.name,
            user=accounts.get(person.code),
            station=found[person.station],
            electoral_district=person.electoral_district,
            occupation=person.occupation,
        )
        for person in deputies()
    )
    return found


def store_receptions(sessions: tuple[Session, ...], found: dict[str, Station]) -> int:
    receptions = Reception.objects.bulk_create(
        Reception(
            station=found[session.station],
            kind=session.kind,
            theme=session.theme,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            held=session.held,
            visitors=session.visitors,
            matters=session.matters,
            matters_settled=session.settled,
        )
        for session in sessions
    )
    keys = dict(Deputy.objects.values_list("code", "pk"))
    through = Reception.deputies.through
    through.objects.bulk_create(
        through(reception_id=reception.pk, deputy_id=keys[code])
        for reception, session in zip(receptions, sessions, strict=True)
        for code in session.deputies
    )
    return len(receptions)
