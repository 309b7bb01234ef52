"""The stock cast and a very small district, as functions; `tests/conftest.py` makes fixtures of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from accounts.models import Area, Congress, Department, Membership, Person, Role, User

# A square of about 10 km around the real district's centre, cut into two towns, west and east.
WEST, SOUTH, EAST, NORTH = 121.30, 29.80, 121.40, 29.90
MIDDLE = 121.35


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """Return a rectangle as the MultiPolygon that areas have, EPSG:4326."""
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


@dataclass
class World:
    """A district of two towns with two departments."""

    district: Area
    west_town: Area
    east_town: Area
    water: Department
    ecology: Department


def make_world() -> World:
    district = Area.objects.create(
        code="330203",
        name="海曙区",
        level=Area.Level.DISTRICT,
        geom=box(WEST, SOUTH, EAST, NORTH),
        point=Point(MIDDLE, 29.85, srid=4326),
    )
    towns = [
        Area.objects.create(
            code=f"33020310{index}",
            name=name,
            level=Area.Level.TOWN,
            parent=district,
            geom=box(west, SOUTH, east, NORTH),
            point=Point((west + east) / 2, 29.85, srid=4326),
            is_schematic=True,
        )
        for index, (name, west, east) in enumerate([("西镇", WEST, MIDDLE), ("东镇", MIDDLE, EAST)])
    ]
    water = Department.objects.create(code="water", name="区水利局", short_name="水利局")
    ecology = Department.objects.create(code="ecology", name="生态环境分局", short_name="生态环境")
    return World(district, towns[0], towns[1], water, ecology)


def person(username: str, role: str, **more: Any) -> User:
    return User.objects.create_user(username=username, password="a long enough phrase", role=role, **more)


def make_deputy() -> User:
    return person("a-deputy", Role.DEPUTY, display_name="张代表")


def make_officer(world: World) -> User:
    """The officer of the water department."""
    return person("an-officer", Role.OFFICER, department=world.water)


def make_other_officer(world: World) -> User:
    """An officer of another department."""
    return person("another-officer", Role.OFFICER, department=world.ecology)


def make_gis() -> User:
    return person("a-gis", Role.GIS)


def make_staff() -> User:
    return person("a-staff", Role.STAFF)


def make_admin() -> User:
    return person("an-admin", Role.ADMIN, is_staff=True, is_superuser=True)


TERM_BEGINS = date(2022, 1, 1)


def seat(user: User | None, area: Area, code: str = "", name: str = "", **more: Any) -> Membership:
    """Give somebody a seat in the congress of an area, made where there is none; `user` None has no account."""
    congress = more.pop("congress", None) or Congress.objects.filter(area=area).order_by("-term").first()
    if congress is None:
        congress = Congress.objects.create(area=area, level=area.level, term=10, starts_on=TERM_BEGINS)
    known = Person.objects.filter(user=user).first() if user is not None else None
    code = code or f"{area.code}-{user.username if user is not None else name}"[:30]
    person = known or Person.objects.create(code=code, name=name or str(user), user=user)
    return Membership.objects.create(
        code=code, person=person, congress=congress, **({"starts_on": congress.starts_on} | more)
    )
