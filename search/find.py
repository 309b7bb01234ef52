"""Finding: what somebody may see and asked for, best first; what is near where nothing is.

Who may see a row is asked of the querysets of the pages before anything is ranked, counted or cut, so that hidden rows
neither show nor crowd others out. A row whose change the index has not read yet is left out for that moment.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.db.models import BooleanField, Exists, F, FloatField, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Length

from accounts.directory.levels import of_area
from accounts.models import Area
from accounts.permissions import Asker
from search.index import catch_up
from search.models import NAMED, Change, Entry
from search.offers import offers
from search.text.query import Query
from search.text.vector import spellings

MOST = 1000
"""Rows that are ranked of what matches; a search that finds more says so."""
SUGGESTED = 2
"""Below this weight a thing is part of another (an article), which is suggested instead."""
FEW = 8
"""With fewer, a long word is read as several."""
RANKED = ("pk", "kind", "title_key", "codes", "weight", "year", "area_id", "organ", "part")


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to; empty is everything."""

    kind: str = ""
    area: int | None = None
    year: int | None = None
    organ: str = ""

    def narrow(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.area is not None:
            entries = entries.filter(_of_area(self.area))
        if self.year is not None:
            entries = entries.filter(year=self.year)
        return entries.filter(organ=self.organ) if self.organ else entries


def _of_area(key: int) -> Q:
    area = Area.objects.filter(pk=key).first()
    return of_area(area, "area") if area is not None else Q(pk__in=[])


EVERYTHING = Filters()


@dataclass
class Found:
    """What a search found: keys of entries, best first, and how many of each kind, area, year and organ."""

    keys: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    areas: Counter[int] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    organs: Counter[str] = field(default_factory=Counter)
    is_cut: bool = False
    is_near: bool = False
    """Nothing was found, and these are like it in spelling or sound."""


def visible_entries(user: Asker, kinds: Iterable[str] = ()) -> QuerySet[Entry]:
    """Return the entries of what `user` may see; the kinds in the order of their weight."""
    wanted = set(kinds)
    seen = Q(pk__in=[])
    for kind, offer in offers().items():
        if not wanted or kind in wanted:
            seen |= Q(kind=kind) & Q(offer.seen_by(user))
    pending = Change.objects.filter(
        Q(via="pk", object_id=OuterRef("object_id")) | Q(via="parent", object_id=OuterRef("parent_id")),
        kind=OuterRef("kind"),
    )
    return Entry.objects.filter(seen).exclude(Exists(pending)).order_by()


def find(user: Asker, query: Query, filters: Filters = EVERYTHING) -> Found:
    """Find what every word of `query` stands in; what is near where that is nothing."""
    if not query.words:
        return Found()
    catch_up()
    entries = filters.narrow(visible_entries(user))
    rows = _matching(entries, "words", query.exactly(), MOST + 1)
    is_cut = len(rows) > MOST
    if is_cut:
        first, is_cut = _foremost(entries, query, filters.kind)
        rows = list({row["pk"]: row for row in (*first, *rows)}.values())
    if len(rows) < FEW and (parts := query.in_parts()):
        known = {row["pk"] for row in rows}
        rows += [row for row in _matching(entries, "words", parts, MOST) if row["pk"] not in known]
    is_near = not rows
    if is_near:
        rows = _near(entries, query)
    ranked = sorted(rows[:MOST], key=lambda row: (-_score(row, query), len(row["title_key"]), row["pk"]))
    return _found(ranked, filters, is_cut, is_near)


def _foremost(entries: QuerySet[Entry], query: Query, kind: str) -> tuple[list[dict[str, Any]], bool]:
    """What must be among the rows where more match than are ranked: what is called so, or everything of a kind.

    With it whether there is more than that.
    """
    if not kind:
        named = entries.order_by(Length("title_key"), "-weight")
        return _matching(named, "names", query.exactly(), MOST // 2), True
    rows = _matching(entries.filter(kind=kind), "words", query.exactly(), MOST + 1)
    return rows[:MOST], len(rows) > MOST


def suggest(user: Asker, query: Query, most: int = 8) -> list[Entry]:
    """Return what somebody may be typing the name of: rivers, places and whatever else is known by its name first."""
    if not query.words:
        return []
    catch_up()
    entries = visible_entries(user)
    rows = _matching(entries.filter(weight__gte=NAMED), "names", query.exactly(), MOST // 2)
    if len(rows) < most:
        known = {row["pk"] for row in rows}
        rest = _matching(entries.filter(weight__lt=NAMED, weight__gte=SUGGESTED), "names", query.exactly(), MOST // 5)
        rows += [row for row in rest if row["pk"] not in known]
    ranked = sorted(rows, key=lambda row: (-_score(row, query), len(row["title_key"]), row["pk"]))
    return in_order([row["pk"] for row in ranked[:most]])


def in_order(keys: list[int]) -> list[Entry]:
    """Return the entries of these keys in their order."""
    found = Entry.objects.select_related("area").defer("names", "words").in_bulk(keys)
    return [found[key] for key in keys if key in found]


class _TsQuery(Func):
    """A literal of ours as a `tsquery`."""

    template = "%(expressions)s::tsquery"
    output_field = TextField()


class _Matches(Func):
    """Whether a vector has what a `tsquery` asks for."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def _matching(entries: QuerySet[Entry], column: str, tsquery: str, most: int) -> list[dict[str, Any]]:
    if not tsquery:
        return []
    asked = _TsQuery(Value(tsquery))
    part = Func(F(column), asked, Value(1), function="ts_rank", output_field=FloatField())
    return list(entries.filter(_Matches(F(column), asked)).annotate(part=part).values(*RANKED)[:most])


def _near(entries: QuerySet[Entry], query: Query) -> list[dict[str, Any]]:
    """Return what sounds like the query, else names that share half of their characters with it."""
    if rows := _matching(entries, "names", query.by_sound(), FEW):
        return rows
    rows = _matching(entries.filter(weight__gte=NAMED), "names", query.nearly(), MOST)
    alike = [(max(_likeness(name, query.key) for name in _ways(row)), row) for row in rows]
    best = sorted((pair for pair in alike if pair[0] >= 0.5), key=lambda pair: -pair[0])
    return [row for _likeness_of_it, row in best[:FEW]]


def _ways(row: dict[str, Any]) -> list[str]:
    """Return how a name may be written: in characters, and in pinyin."""
    return [row["title_key"], max(spellings(row["title_key"]), key=len, default="")]


def _likeness(name: str, key: str) -> float:
    return SequenceMatcher(None, name, key).ratio()


def _score(row: dict[str, Any], query: Query) -> float:
    """Tell how well a row answers: its number, its whole name, the beginning of it, a part of it, its text."""
    title, key = row["title_key"], query.key
    score = 2.0 * row["weight"] + 10.0 * (row["part"] or 0.0)
    if key in row["codes"].split():
        score += 200
    if title == key:
        score += 100
    elif title.startswith(key):
        score += 50
    elif key in title:
        score += 40
    elif key.isascii() and (spelt := spellings(title)):
        score += 70 if key in spelt else 45 if any(way.startswith(key) for way in spelt) else 0
    elif all(word in title for word in query.words):
        score += 30
    if key not in title:
        score += 30.0 * SequenceMatcher(None, title, key).ratio()
    return score - min(len(title), 60) / 10


def _found(rows: list[dict[str, Any]], filters: Filters, is_cut: bool, is_near: bool) -> Found:
    chosen = [row for row in rows if not filters.kind or row["kind"] == filters.kind]
    return Found(
        keys=[row["pk"] for row in chosen],
        kinds=Counter(row["kind"] for row in rows),
        areas=Counter(row["area_id"] for row in chosen if row["area_id"] is not None),
        years=Counter(row["year"] for row in chosen if row["year"] is not None),
        organs=Counter(row["organ"] for row in chosen if row["organ"]),
        is_cut=is_cut,
        is_near=is_near,
    )
