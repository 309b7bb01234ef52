"""Liaison stations with the land they serve, and their deputies."""

from datetime import time

from accounts.models import Area, Person, User
from demo.plan.chance import stream
from demo.plan.matters import AUTHORS
from demo.plan.stations import Place, constituencies, deputies, served, stations
from demo.store.areas import author_name
from demo.store.geometry import to_point
from demo.store.pictures import kept
from stations.models import Deputy, OpeningDay, ServiceArea, Station
from stations.service_areas.coverage import check_coverage
from stations.service_areas.services import clean_polygons, land_by_code, repair_coverage, union_polygons

PICTURES = 6


def store_stations(areas: dict[str, Area], users: dict[str, User], members: dict[str, Person]) -> dict[str, Station]:
    """Stations by code; their deputies with them. The deputies that file findings are linked to their users."""
    made = Station.objects.bulk_create(_station(number, place, areas) for number, place in enumerate(stations()))
    found = {station.code: station for station in made}
    OpeningDay.objects.bulk_create(
        OpeningDay(
            station=found[place.code], rhythm="monthly", day=place.opening_day, starts=time(8, 30), ends=time(11)
        )
        for place in stations()
    )
    _store_service_areas(found, users["staff"])
    _store_deputies(found, areas, users, members)
    return found


def _station(number: int, place: Place, areas: dict[str, Area]) -> Station:
    picture, _facts = kept(f"street-{number % PICTURES + 1}.jpg", "stations")
    return Station(
        code=place.code,
        name=place.name,
        kind=place.kind,
        area=areas[place.town.code],
        address=place.address,
        phone=place.phone,
        opening=place.opening,
        photo=picture,
        floor=place.floor,
        indoor_m2=place.indoor_m2,
        facilities=list(place.facilities),
        geom=to_point(place.place),
        is_schematic=True,
    )


def _store_service_areas(found: dict[str, Station], staff: User) -> None:
    """Each station serves the land of its villages."""
    lands = land_by_code(code for codes in served().values() for code in codes)
    ServiceArea.objects.bulk_create(
        ServiceArea(
            station=found[station],
            geom=clean_polygons(union_polygons(lands[code] for code in codes)),
            source=ServiceArea.Source.VILLAGES,
        )
        for station, codes in served().items()
    )
    # The outlines of towns do not follow the district's own to the metre.
    repair_coverage(staff, check_coverage().faults)


def _store_deputies(
    found: dict[str, Station], areas: dict[str, Area], users: dict[str, User], members: dict[str, Person]
) -> None:
    accounts = {deputies()[number].code: users[author_name(number)] for number in range(AUTHORS)}
    codes = stream("codes of deputies")
    made = Deputy.objects.bulk_create(
        Deputy(
            code=person.code,
            page_code=f"{codes.getrandbits(40):010x}",
            name=person.name,
            person=members[person.code],
            user=accounts.get(person.code),
            station=found[person.station],
            electoral_district=person.electoral_district,
            occupation=person.occupation,
        )
        for person in deputies()
    )
    through = Deputy.constituency.through
    through.objects.bulk_create(
        through(deputy_id=deputy.pk, area_id=areas[code].pk)
        for deputy in made
        for code in constituencies()[deputy.electoral_district]
    )
