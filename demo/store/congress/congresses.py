"""Congresses of five levels and who sits in them; every name is invented by the demo's own generator."""

from collections.abc import Sequence
from datetime import date

from accounts.models import Area, Congress, DeputyGroup, Membership, Person, User
from demo.plan import people, sources
from demo.plan.chance import stream
from demo.plan.matters import AUTHORS
from demo.plan.stations import deputies, stations
from demo.plan.towns import Town, towns
from demo.store.areas import author_name

TERMS = {"national": 14, "province": 14, "city": 16, "district": 10, "town": 18}
ALSO_ABOVE = {"national": 1, "province": 3, "city": 9}
"""How many of the district's deputies sit in each congress above it too."""
OF_A_TOWN = 20
COMMITTEES = ("法制委员会", "财政经济委员会", "社会建设委员会", "城建环保委员会")


def store_congresses(areas: dict[str, Area], users: dict[str, User], today: date) -> dict[str, Person]:
    """Write terms, groups, people and memberships; return the district's people by the code of their certificate."""
    begun = date(today.year - 4, 3, 1)
    district = _congress("district", areas[sources.DISTRICT], begun, len(deputies()))
    accounts = {deputies()[number].code: users[author_name(number)] for number in range(AUTHORS)}
    made = Person.objects.bulk_create(
        Person(code=one.code, name=one.name, user=accounts.get(one.code)) for one in deputies()
    )
    found = {person.code: person for person in made}
    _store_district(district, found, begun)
    for level, code in (("national", ""), ("province", "33"), ("city", "3302")):
        congress = _congress(level, areas.get(code), begun)
        _sit(congress, list(made[: ALSO_ABOVE[level]]), level[0].upper(), begun)
    for town in towns():
        if not town.name.endswith("街道"):
            _store_town(town, areas[town.code], begun)
    return found


def _congress(level: str, area: Area | None, begun: date, seats: int | None = None) -> Congress:
    return Congress.objects.create(level=level, area=area, term=TERMS[level], seats=seats, starts_on=begun)


def _store_district(congress: Congress, found: dict[str, Person], begun: date) -> None:
    """Each town's deputies are a group, which the first of them leads; every tenth deputy sits in a committee."""
    town_of = {place.code: place.town.short for place in stations()}
    names = sorted({town_of[one.station] for one in deputies()})
    rows = (DeputyGroup(congress=congress, name=f"{name}代表小组") for name in names)
    groups = dict(zip(names, DeputyGroup.objects.bulk_create(rows), strict=True))
    led: set[str] = set()
    members = []
    for number, one in enumerate(deputies()):
        town = town_of[one.station]
        posts = [] if town in led else ["小组组长"]
        led.add(town)
        committee = COMMITTEES[number // 10 % len(COMMITTEES)] if number % 10 == 0 else ""
        members.append(
            Membership(
                code=one.code,
                person=found[one.code],
                congress=congress,
                group=groups[town],
                posts=posts,
                constituency=one.electoral_district,
                committee=committee,
                starts_on=begun,
            )
        )
    Membership.objects.bulk_create(members)


def _store_town(town: Town, area: Area, begun: date) -> None:
    """The deputies of a town's congress, none of whom has an account: they vote on paper."""
    names = people.Names(stream(f"congress of {town.code}"))
    congress = _congress("town", area, begun, OF_A_TOWN)
    made = Person.objects.bulk_create(
        Person(code=f"{town.code}-{number:02d}", name=names.next()) for number in range(1, OF_A_TOWN + 1)
    )
    _sit(congress, made, "", begun)


def _sit(congress: Congress, sitting: Sequence[Person], prefix: str, begun: date) -> None:
    Membership.objects.bulk_create(
        Membership(code=f"{prefix}{one.code}", person=one, congress=congress, starts_on=begun) for one in sitting
    )
