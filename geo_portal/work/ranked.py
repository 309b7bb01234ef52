"""What waits, of every room, as one relation in the database: grouped by what it is about, put in order and counted.

Each kind's queryset gives its key, what it is about, its day and its symbol on the map; PostgreSQL merges them, so that
a page costs the same number of queries however much waits and whichever page it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast

from accounts.inbox import Waiting

SOON = timedelta(days=7)
MOST_ON_MAP = 4000
TOGETHER = -1
"""Stands for all kinds together where numbers of kinds are given."""

SPAN = """CASE WHEN due IS NULL THEN 'none' WHEN due < %(today)s THEN 'overdue'
    WHEN due <= %(soon)s THEN 'soon' ELSE 'later' END"""
SPANNED = f"""spanned AS MATERIALIZED (
    SELECT *, {SPAN} AS span FROM (
        SELECT topic, subject, min(due) AS due, bool_or(law) AS law, min(kind) AS kind, min(number) AS number
        FROM waiting GROUP BY topic, subject
    ) AS subjects
)"""  # noqa: S608 - words of this file
COUNTS = f"""
SELECT -1 AS kind, law, span, count(*) FROM spanned GROUP BY law, span
UNION ALL
SELECT kind, law, {SPAN} AS span, count(*) FROM (
    SELECT kind, min(due) AS due, bool_or(law) AS law FROM everything GROUP BY topic, subject, kind
) AS apart GROUP BY kind, law, span"""  # noqa: S608 - words of this file
PAGE = """
SELECT page.topic, page.subject, page.law, page.due, page.span, waiting.kind, waiting.pk
FROM (
    SELECT * FROM spanned WHERE %(span)s IN ('', span) AND (law OR NOT %(law)s)
    ORDER BY span IN ('later', 'none'), law DESC, due NULLS LAST, kind, number, subject
    LIMIT %(limit)s OFFSET %(offset)s
) AS page JOIN waiting USING (topic, subject)
ORDER BY page.span IN ('later', 'none'), page.law DESC, page.due NULLS LAST, page.kind, page.number, page.subject,
    waiting.due NULLS LAST, waiting.kind, waiting.number, waiting.pk"""
ON_MAP = """SELECT DISTINCT waiting.kind, waiting.feature FROM waiting JOIN spanned USING (topic, subject)
WHERE waiting.feature IS NOT NULL AND %(span)s IN ('', span) AND (spanned.law OR NOT %(law)s) LIMIT %(most)s"""


AS_JSON = "(SELECT coalesce(json_agg(answer), '[]') FROM ({}) AS answer)"

type Count = tuple[int, bool, str, int]
"""Kind, whether its day is set by law, span, and how many things."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing on a page: how soon, and the rows about it as kind (its index) and key, the most urgent first."""

    law: bool
    span: str
    due: date | None
    members: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that a page shows of what waits: all counts, the places of the page, and kind and key of symbols."""

    counts: list[Count]
    places: list[Place]
    on_map: list[tuple[int, str]]


class Ranked:
    """Several kinds of waiting as one relation; `only` are the indexes of those that are asked for."""

    def __init__(self, kinds: Sequence[Waiting], today: date, only: Sequence[int] | None = None) -> None:
        parts: list[str] = []
        asked = list(range(len(kinds)) if only is None else only)
        self._params: dict[str, Any] = {"today": today, "soon": today + SOON, "only": asked}
        for number, kind in enumerate(kinds):
            try:
                sql, given = _rows(kind).query.sql_with_params()
            except EmptyResultSet:
                continue
            names = [f"k{number}_{place}" for place in range(len(given))]
            self._params |= dict(zip(names, given, strict=True))
            sql = sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in names)
            parts.append(_part(number, kind, sql))
        self._relation = "\nUNION ALL\n".join(parts)

    def counts(self) -> list[Count]:
        """How many things by (kind, law, span): of each kind by itself, and of those asked for as `TOGETHER`."""
        return self._ask(COUNTS)[0]

    def look(self, span: str, limit: int, offset: int, *, law: bool = False) -> Answer:
        """One page of things, with all counts and every symbol of what matches; the relation is made once for them."""
        given = {"span": span, "limit": limit, "offset": offset, "law": law, "most": MOST_ON_MAP}
        counts, page, on_map = self._ask(COUNTS, PAGE, ON_MAP, **given)
        places: dict[tuple[str, str], Place] = {}
        for topic, subject, is_law, due, found_span, kind, pk in page:
            day = date.fromisoformat(due) if due else None
            place = places.setdefault((topic, subject), Place(is_law, found_span, day))
            place.members.append((kind, pk))
        return Answer(counts, list(places.values()), on_map)

    def _ask(self, *questions: str, **given: Any) -> list[list[Any]]:
        """The rows of each question, in one statement."""
        if not self._relation:
            return [[] for _question in questions]
        asked = "waiting AS (SELECT * FROM everything WHERE kind = ANY(%(only)s))"
        parts = f"everything AS MATERIALIZED ({self._relation}), {asked}, {SPANNED}"
        answers = ", ".join(AS_JSON.format(question) for question in questions)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {parts} SELECT {answers}", self._params | given)
            return [[tuple(row.values()) for row in rows] for rows in cursor.fetchone()]


def _rows(kind: Waiting) -> QuerySet:
    """Of each row what the relation needs; in the order of the kind where it has no day of its own."""
    rows = kind.rows.order_by() if kind.due else kind.rows
    due: Any = F(kind.due) if kind.due else Value(None, output_field=DateField())
    feature: Any = F(kind.feature) if kind.tileset else Value(None)
    texts = {"w_pk": F("pk"), "w_subject": F(kind.subject if kind.about else "pk"), "w_feature": feature}
    wanted = {name: Cast(path, CharField()) for name, path in texts.items()}
    return rows.annotate(**wanted, w_due=due).values("w_pk", "w_subject", "w_feature", "w_due")


def _part(number: int, kind: Waiting, sql: str) -> str:
    """`number` and the words of a kind are the program's own; what people gave stands in the parameters."""
    topic = kind.about or kind.kind
    law = "w_due IS NOT NULL" if kind.statutory else "FALSE"
    turn = "0" if kind.due else "row_number() OVER ()"
    return f"""SELECT {number} AS kind, '{topic}' AS topic, w_pk AS pk, coalesce(w_subject, w_pk) AS subject,
        w_feature::text AS feature, w_due::date AS due, {law} AS law, {turn} AS number FROM ({sql}) AS rows_{number}"""  # noqa: S608


def of_kinds(places: Sequence[Place]) -> Iterator[tuple[int, list[str]]]:
    """The keys to read, kind by kind."""
    keys: dict[int, list[str]] = {}
    for place in places:
        for kind, pk in place.members:
            keys.setdefault(kind, []).append(pk)
    yield from keys.items()
