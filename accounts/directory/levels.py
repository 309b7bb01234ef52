"""Areas that nest from province to village, and whether this instance holds one district or several.

With one district nothing is narrowed by district. As soon as the instance holds a second one, each person's inside ends
at her own (`accounts.permissions.reach_of`): `docs/decisions/0053-districts-under-a-city.md`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.cache import DEFAULT_CACHE_ALIAS, cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import Signal

from accounts.directory.models import Area, Department, Role, User
from ledger import audit

DISTRICT = Area.Level.DISTRICT
KEPT_AS = "districts"
KEPT_SECONDS = 5
"""For so long may another process not know of a second district."""
LAST_AS = "districts-last"
LAST_SECONDS = 60
"""For so long the last answer stands in while somebody holds the table of areas locked, where the cache is shared."""
LOCK_PATIENCE = "200ms"
NOT_GIVEN = "55P03"
"""SQLSTATE of a lock that was not given in time."""
NARROW = (Area.Level.TOWN.value, Area.Level.VILLAGE.value)
"""Levels below a district."""
BEGINS = "begins"
"""What an area carries while it is written: the districts that begin with it."""
HOPS = len(Area.Level.values) - 1
"""Steps from a village up to its province."""

second_district = Signal()
"""Sent once, with `district`, the first one: rooms give it what had no area while there was no other."""


def stay_with_the_first(label: str, nobodys: Q) -> None:
    """Say of a room's model that with a second district its rows that match `nobodys` become the first one's."""

    def settle(district: Area, **kwargs: Any) -> None:
        apps.get_model(label).objects.filter(nobodys).update(area=district)

    second_district.connect(settle, weak=False, dispatch_uid=f"{label} stays with the first")


@dataclass(frozen=True, slots=True)
class Districts:
    """The districts of this instance, each with the keys of itself and what it lies in."""

    lines: tuple[frozenset[int], ...]

    @property
    def several(self) -> bool:
        return len(self.lines) > 1

    def all_in(self, area_id: int) -> bool:
        """Tell whether every district lies in an area, a city or a province."""
        return all(area_id in line for line in self.lines)


def records() -> QuerySet[Any]:
    """Return the records of districts; their topic stands above this one."""
    return apps.get_model("accounts", "District")._default_manager.all()


def held() -> QuerySet[Area]:
    """Return the districts that this instance holds: with towns or a record; a neighbour on the map has neither."""
    towns = Area.objects.filter(parent=OuterRef("pk"))
    return Area.objects.filter(Exists(towns) | Exists(records().filter(code=OuterRef("code"))), level=DISTRICT)


def districts() -> Districts:
    """Return the districts that this instance holds, kept for a few seconds."""
    kept = cache.get(KEPT_AS)
    if kept is None:
        kept = _read_or_last()
        cache.set(KEPT_AS, kept, KEPT_SECONDS)
    return Districts(tuple(frozenset(key for key in row if key is not None) for row in kept))


def _read_or_last() -> list[list[int | None]]:
    """Read the districts' lines; while the table is locked, those of the last minute.

    A tile of something else would otherwise wait for the lock as long as its request may take. A cache of this process
    alone has not heard what another one forgot: by its "one district" nobody would be narrowed any more, so it waits.
    """
    last = cache.get(LAST_AS) if is_forgotten_by_all() else None
    try:
        rows = _read() if last is None or connection.in_atomic_block else _read_soon()
    except OperationalError as error:
        if last is None or getattr(error.__cause__, "pgcode", "") != NOT_GIVEN:
            raise
        return last
    cache.set(LAST_AS, rows, LAST_SECONDS)
    return rows


def _read() -> list[list[int | None]]:
    return [list(row) for row in held().order_by("pk").values_list("pk", "parent", "parent__parent")]


def _read_soon() -> list[list[int | None]]:
    """The same, with an OperationalError instead of a long wait for a lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_PATIENCE])
        return _read()


def forget(**kwargs: Any) -> None:
    """An area was written: read anew, now and when it is committed."""
    _forget()
    transaction.on_commit(_forget)


def is_forgotten_by_all() -> bool:
    """Tell whether all processes share the cache, so that none still has what one forgets."""
    return not isinstance(caches[DEFAULT_CACHE_ALIAS], LocMemCache)


def _forget() -> None:
    cache.delete_many([KEPT_AS, LAST_AS])


def and_below(area: Area) -> QuerySet[Area]:
    """Return an area and everything that lies in it, at whatever depth."""
    inside = Q(pk=area.pk)
    for hops in range(1, HOPS - list(Area.Level.values).index(area.level) + 1):
        inside |= Q(**{"__".join(["parent"] * hops): area.pk})
    return Area.objects.filter(inside)


def of_area(area: Area, field: str) -> Q:
    """Match rows whose Area, which `field` leads to, is `area` or lies in it. A filter of a list asks this."""
    if area.level == Area.Level.VILLAGE:
        return Q(**{field: area.pk})
    if area.level == Area.Level.TOWN:
        return Q(**{field: area.pk}) | Q(**{"parent" if field == "pk" else f"{field}__parent": area.pk})
    return Q(**{f"{field}__in": and_below(area).order_by().values("pk")})


def line_of(area: Area | None) -> list[Area]:
    """Return an area and what it lies in, the widest last."""
    line: list[Area] = []
    while area is not None and len(line) <= HOPS:
        line.append(area)
        area = area.parent
    return line


def district_or_above(area: Area | None) -> Area | None:
    """Return the district that an area lies in, itself where it is wider; None for no area, or a town that hangs
    nowhere.
    """
    return next((each for each in line_of(area) if each.level not in NARROW), None)


def lies_in(area: Area | None, wide: Area) -> bool:
    """Tell whether an area is `wide` or lies in it."""
    return any(each.pk == wide.pk for each in line_of(area))


def area_to_be_written(instance: Area, **kwargs: Any) -> None:
    """Note with an area that is about to be written the district that it would be the first town of."""
    vars(instance)[BEGINS] = not_held_yet([instance])


def area_written(instance: Area, created: bool, **kwargs: Any) -> None:
    """An area was written: with its first town, or where its record stands already, a district is held."""
    begun = vars(instance).pop(BEGINS, [])
    if created and instance.level == DISTRICT and records().filter(code=instance.code).exists():
        begun = [instance]
    areas_entered(begun)


def not_held_yet(areas: Iterable[Area]) -> list[Area]:
    """Return the districts that these areas, perhaps many, are about to lie in and that are not held so far.

    Asked before they are written: afterwards a district's first towns look like all its towns changed at once.
    """
    above = {area.parent.pk: area.parent for area in areas if area.parent is not None and area.parent.level == DISTRICT}
    known = set(held().filter(pk__in=above).values_list("pk", flat=True)) if above else set()
    return [district for key, district in above.items() if key not in known]


def areas_entered(begun: Sequence[Area]) -> None:
    """Areas were written, perhaps many at once: what was `not_held_yet` before is held from now on."""
    forget()
    if begun:
        _settle_beside(begun)


def record_written(instance: Any, created: bool, **kwargs: Any) -> None:
    """A record was written: with it a district is held."""
    forget()
    area = Area.objects.filter(code=instance.code, level=DISTRICT).first()
    if created and area is not None and not area.children.exists():
        _settle_beside([area])


def _settle_beside(newcomers: Sequence[Area]) -> None:
    """With the second district, what has no area is settled on the first: nobody's inside grows by what is added."""
    others = list(held().exclude(pk__in=[district.pk for district in newcomers])[:2])
    if len(others) != 1:
        return
    first = others[0]
    User.objects.filter(area=None, is_service=False).exclude(role=Role.ADMIN).update(area=first)
    Department.objects.filter(area=None).update(area=first)
    second_district.send(sender=Area, district=first)
    audit.record(None, "second-district", newcomers[0], first=first.pk)


def connect() -> None:
    """Listen to what is written of areas and records."""
    record = apps.get_model("accounts", "District")
    pre_save.connect(area_to_be_written, sender=Area, dispatch_uid="levels-area-to-be-written")
    post_save.connect(area_written, sender=Area, dispatch_uid="levels-area-written")
    post_save.connect(record_written, sender=record, dispatch_uid="levels-record-written")
    for model in (Area, record):
        post_delete.connect(forget, sender=model, dispatch_uid=f"levels-{model.__name__}-deleted")
