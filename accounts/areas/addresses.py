"""Which village or town an address means: `古林镇布政村，桥东 50 米` is one place, though 古林 is a village too.

What is above a town is passed over, then the town's name is consumed, then villages are looked for in what is left, the
longest name first. A name as it is written in full (布政村) counts for more than the bare one (布政), which must begin
the text unless the town is named; a part of the name of a road or a river (布政路) means no place. Pure Python.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin

from ui.text.width import half_width

OFFICES = ("村民委员会", "居民委员会", "村委会", "居委会")
KINDS = ("行政村", "社区", "村")
TOWN_KINDS = ("街道", "镇", "乡")
ABOVE = ("自治区", "省", "市", "区", "县")
LONG_THINGS = re.compile("[东西南北中]?(大道|路|街(?!道)|巷|弄|河|江|塘河)")
"""What follows a name that is a road's or a river's, which passes through more than one village."""
SHORTEST = 2
VARIANTS = str.maketrans("荘昇邨谿峯", "庄升村溪峰")
"""Characters of registered names that nobody types, and what they type instead."""

FULL, OTHER_KIND, BARE = 3, 2, 1
"""How surely a name is meant."""


@dataclass(frozen=True, slots=True)
class Named:
    """An area as addresses name it: `key` is the caller's, `within` the key of its town (None for a town)."""

    key: int
    name: str
    within: int | None = None


def plain(text: str) -> str:
    """Return a text without spaces and punctuation, in half-width characters and lower case.

    >>> plain("古林镇 布政村，桥东５０米")
    '古林镇布政村桥东50米'
    """
    text = half_width(text).translate(VARIANTS).lower()
    return "".join(char for char in text if char.isalnum())


def bare(name: str) -> str:
    """Return a village's or town's name without what it is.

    >>> bare("布政村村委会"), bare("澄浪社区居委会"), bare("古林镇"), bare("南门街道"), bare("林村村委会")
    ('布政', '澄浪', '古林', '南门', '林村')
    """
    return _without(_without(name, OFFICES), (*KINDS, *TOWN_KINDS))


def spoken(name: str) -> str:
    """Return the name as people say it, without the office behind it.

    >>> spoken("布政村村委会"), spoken("横街居委会"), spoken("林村村委会")
    ('布政村', '横街', '林村')
    """
    return _without(name, OFFICES)


def areas_meant(address: str, areas: Sequence[Named], above: Sequence[str] = ()) -> list[int]:
    """Return the keys of the areas that an address means: villages, or the town where it names no village.

    `above` are the names of the districts, cities and provinces around. Several where the address fits several.
    """
    text = plain(address)
    for name in sorted(above, key=len):
        text = _after(text, name)
    spelled = text.isascii()
    towns = [area for area in areas if area.within is None]
    villages = [area for area in areas if area.within is not None]
    town, rest = _town_of(text, towns, spelled)
    if town is not None and (found := _best(rest, [row for row in villages if row.within == town.key], spelled)):
        return found
    if town is not None and _names_in_full(text, town, spelled):
        return [town.key]
    return _best(text, villages, spelled, in_front=True) or ([town.key] if town is not None else [])


def _after(text: str, name: str) -> str:
    """The text behind the name of a province, city or district that it begins with, in full or without its kind."""
    short = _without(name, ABOVE)
    for said in (plain(name), plain(short) if len(short) >= SHORTEST else ""):
        if said and text.startswith(said) and len(text) > len(said):
            return text.removeprefix(said)
    return text


def _town_of(text: str, towns: Sequence[Named], spelled: bool) -> tuple[Named | None, str]:
    """The town that the text names and what is left without it: in full anywhere, the bare name in front only."""
    for town in sorted(towns, key=lambda row: -len(row.name)):
        if _names_in_full(text, town, spelled):
            return town, text.replace(_as_typed(town.name, spelled), "", 1)
    for town in sorted(towns, key=lambda row: -len(row.name)):
        if text.startswith(said := _as_typed(bare(town.name), spelled)):
            rest = text.removeprefix(said)
            return town, next((rest.removeprefix(kind) for kind in TOWN_KINDS if rest.startswith(kind)), rest)
    return None, text


def _names_in_full(text: str, town: Named, spelled: bool) -> bool:
    return _as_typed(town.name, spelled) in text


def _best(text: str, villages: Sequence[Named], spelled: bool, in_front: bool = False) -> list[int]:
    """The villages that are named most surely, in their order; `in_front`: a bare name only where the text begins."""
    found = [hit for hit in _hits(text, villages, spelled) if hit[0] > BARE or hit[1] == 0 or not in_front]
    best = max((level for level, _at, _key in found), default=0)
    ordered = sorted((at, key) for level, at, key in found if level == best)
    return list(dict.fromkeys(key for _at, key in ordered))


def _hits(text: str, villages: Sequence[Named], spelled: bool) -> Iterator[tuple[int, int, int]]:
    """Yield (how surely, where, key) of every name in the text; a longer name takes the place of those inside it."""
    forms: dict[str, list[tuple[int, int]]] = {}
    for village in villages:
        for level, form in _forms(village.name):
            forms.setdefault(_as_typed(form, spelled), []).append((level, village.key))
    left = text
    for form in sorted(forms, key=len, reverse=True):
        at = left.find(form)
        if at < 0 or (spelled and len(form) < 2 * SHORTEST):
            continue
        is_long = LONG_THINGS.match(left, at + len(form)) is not None
        yield from ((level, at, key) for level, key in forms[form] if level > BARE or not is_long)
        left = left.replace(form, "\0" * len(form))


def _forms(name: str) -> Iterator[tuple[int, str]]:
    """Every way to write a village's name, with how surely it is meant."""
    said, short = spoken(name), bare(name)
    yield FULL if said != short or said.endswith(KINDS) else BARE, said
    if len(short) < SHORTEST or short.endswith(KINDS):
        return
    yield from ((OTHER_KIND, short + kind) for kind in KINDS if short + kind != said)
    yield from ((OTHER_KIND, short + office) for office in OFFICES)
    if said != short:
        yield BARE, short


@lru_cache(maxsize=8192)
def _as_typed(name: str, spelled: bool) -> str:
    return "".join(lazy_pinyin(plain(name))).lower() if spelled else plain(name)


def _without(name: str, endings: Sequence[str]) -> str:
    """The name without the first of the endings that it has, unless less than two characters would be left."""
    for ending in endings:
        if name.endswith(ending) and len(name) - len(ending) >= SHORTEST:
            return name.removesuffix(ending)
    return name
