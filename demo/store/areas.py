"""Areas, departments and people."""

from collections.abc import Iterable
from random import Random

from django.contrib.auth.hashers import make_password
from shapely import MultiPolygon

from accounts.models import Area, Department, Role, User
from accounts.signin.services import confirm_email
from demo.plan import people, sources
from demo.plan.chance import stream
from demo.plan.matters import AUTHORS
from demo.plan.stations import deputies, stations
from demo.plan.towns import towns
from demo.plan.villages import villages
from demo.store.geometry import to_geos, to_point

SIGN_INS = ("deputy", "officer", "officer2", "gis", "staff", "admin")
OFFICERS = {"water": "officer", "ecology": "officer2"}


def store_areas() -> dict[str, Area]:
    """Province, city, ten districts, 17 towns, 280 villages; by code."""
    province = Area.objects.create(code="33", name="浙江省", level=Area.Level.PROVINCE)
    city = Area.objects.create(code="3302", name="宁波市", level=Area.Level.CITY, parent=province)
    areas = {"33": province, "3302": city}
    areas |= _created(
        _district(code, name, outline, city) for code, (name, outline) in sources.district_outlines().items()
    )
    district = areas[sources.DISTRICT]
    areas |= _created(
        Area(
            code=town.code,
            name=town.name,
            level=Area.Level.TOWN,
            parent=district,
            geom=to_geos(town.polygon),
            point=to_point(town.site),
            is_schematic=True,
        )
        for town in towns()
    )
    areas |= _created(
        Area(
            code=village.code,
            name=village.name,
            level=Area.Level.VILLAGE,
            parent=areas[village.town.code],
            point=to_point(village.place),
            is_schematic=True,
        )
        for village in villages()
    )
    return areas


def _district(code: str, name: str, outline: MultiPolygon, city: Area) -> Area:
    place = outline.representative_point()
    return Area(
        code=code,
        name=name,
        level=Area.Level.DISTRICT,
        parent=city,
        geom=to_geos(outline),
        point=to_point((place.x, place.y)),
    )


def _created(areas: Iterable[Area]) -> dict[str, Area]:
    return {area.code: area for area in Area.objects.bulk_create(areas)}


def store_departments(areas: dict[str, Area]) -> dict[str, Department]:
    """35 departments of the district, the governments of the 17 towns and the monitoring station; by code."""
    chance, district = stream("departments"), areas[sources.DISTRICT]
    departments = [
        Department(
            code=row["code"], name=row["name"], short_name=row["short"], area=district, phone=people.phone(chance)
        )
        for row in sources.read_rows("departments.csv")
    ]
    for town in towns():
        office = "办事处" if town.name.endswith("街道") else "人民政府"
        departments.append(
            Department(
                code=f"town-{town.code}",
                name=f"{town.name}{office}",
                short_name=town.name,
                area=areas[town.code],
                phone=people.phone(chance),
            )
        )
    departments.append(_monitoring_station(district, chance))
    return {department.code: department for department in Department.objects.bulk_create(departments)}


def _monitoring_station(district: Area, chance: Random) -> Department:
    """Who takes most samples, and has no part in any works."""
    return Department(
        code="monitoring",
        name="海曙区生态环境监测站",
        short_name="区环境监测站",
        area=district,
        phone=people.phone(chance),
    )


def store_people(areas: dict[str, Area], departments: dict[str, Department]) -> dict[str, User]:
    """The six sign-ins of the demo, an officer per department and a few more deputies, who cannot sign in."""
    chance = stream("officers")
    names = people.Names(chance)
    users = [_officer(code, department, names.next()) for code, department in departments.items()]
    users += [_deputy(number, areas) for number in range(AUTHORS)]
    users += [
        _user("gis", Role.GIS, names.next(), departments["planning"]),
        _user("staff", Role.STAFF, names.next()),
        _user("admin", Role.ADMIN, "系统管理员", is_staff=True, is_superuser=True),
    ]
    stored = {user.username: user for user in User.objects.bulk_create(users)}
    for user in stored.values():
        if user.email:
            confirm_email(user, user.email)
    return stored


def officer_name(department: str) -> str:
    """The user name of a department's officer."""
    return OFFICERS.get(department, f"officer-{department}")


def author_name(number: int) -> str:
    """The user name of one of the deputies that file findings; the first is the demo's own."""
    return "deputy" if number == 0 else f"deputy-{number + 1:03d}"


def _officer(code: str, department: Department, name: str) -> User:
    return _user(officer_name(code), Role.OFFICER, name, department, area=department.area)


def _deputy(number: int, areas: dict[str, Area]) -> User:
    person = deputies()[number]
    town = next(place.town for place in stations() if place.code == person.station)
    # The demo's own deputy has a mailbox, for the code of her ballot; without a mail server it is a folder of files.
    email = "deputy@example.org" if number == 0 else ""
    return _user(author_name(number), Role.DEPUTY, person.name, area=areas[town.code], email=email)


def _user(username: str, role: str, name: str, department: Department | None = None, **more: object) -> User:
    password = f"demo-{username}" if username in SIGN_INS else None
    return User(
        username=username, role=role, display_name=name, department=department, password=make_password(password), **more
    )
