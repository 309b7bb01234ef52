"""Writing the index: entries of changed rows by the journal, or all anew."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection, transaction

from search.models import Change, Entry
from search.offers import Described, Offer, offers
from search.text.normal import compact
from search.text.vector import spellings, vector

LOCK = 7426048
"""Advisory lock of whoever reads the journal: two at once could write an older state over a newer one."""
BATCH = 1000
MOST_TEXT = 16_000
WRITTEN = (
    "title", "title_key", "codes", "text", "meta", "address", "area", "year", "organ", "weight", "names", "words",
)  # fmt: skip
_TAKE = """
    DELETE FROM search_change WHERE id IN (SELECT id FROM search_change ORDER BY id LIMIT %s)
    RETURNING kind, via, object_id
"""


def catch_up(most: int = 500) -> int:
    """Read up to `most` notes of the journal and renew their entries; how many were read.

    Whoever finds another reader at work leaves it to that one: until it has committed, `find` shows none of the rows
    whose change is still noted.
    """
    if not Change.objects.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [most])
        taken = cursor.fetchall()
        changed: dict[tuple[str, str], set[int]] = defaultdict(set)
        for kind, via, object_id in taken:
            changed[kind, via].add(object_id)
        known = offers()
        for (kind, via), ids in changed.items():
            if kind in known:
                renew(known[kind], via, ids)
    return len(taken)


def renew(offer: Offer, via: str, ids: Iterable[int]) -> None:
    """Write the entries of the rows that `via` leads to from `ids`, and remove those without a row."""
    ids = list(ids)
    written: set[tuple[int, int]] = set()
    batch: list[Entry] = []
    for parent_id, object_id, described in offer.rows(via, ids):
        written.add((parent_id, object_id))
        batch.append(entry_of(offer, parent_id, object_id, described))
        if len(batch) >= BATCH:
            _write(batch)
            batch = []
    _write(batch)
    left = Entry.objects.filter(offer.gone(via, ids), kind=offer.kind).values_list("pk", "parent_id", "object_id")
    Entry.objects.filter(pk__in=[pk for pk, *key in left if tuple(key) not in written]).delete()


@transaction.atomic
def rebuild() -> dict[str, int]:
    """Write the whole index anew; entries by kind. Searches meanwhile read the old one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    Change.objects.all().delete()
    Entry.objects.all().delete()
    counts = {}
    for kind, offer in offers().items():
        batch: list[Entry] = []
        counts[kind] = 0
        for parent_id, object_id, described in offer.rows():
            batch.append(entry_of(offer, parent_id, object_id, described))
            counts[kind] += 1
            if len(batch) >= BATCH:
                _write(batch)
                batch = []
        _write(batch)
    return counts


def entry_of(offer: Offer, parent_id: int, object_id: int, described: Described) -> Entry:
    """Return the entry of one row, not saved."""
    title = described.title.strip()[:200] or "—"
    codes = [code for code in described.codes if code]
    names = [title, *codes]
    text = described.text.replace("\x00", "")[:MOST_TEXT]
    spelt = spellings(title)
    return Entry(
        kind=offer.kind,
        object_id=object_id,
        parent_id=parent_id,
        title=title,
        title_key=compact(title)[:200],
        codes=" ".join(compact(code) for code in codes)[:200],
        text=text,
        meta=described.meta[:200],
        address=described.address,
        area_id=described.area_id,
        year=described.year,
        organ=described.organ[:80],
        weight=offer.weight,
        names=vector(names, spelt),
        words=vector([*names, described.meta, text], spelt),
    )


def _write(batch: list[Entry]) -> None:
    Entry.objects.bulk_create(
        batch, update_conflicts=True, unique_fields=["kind", "parent_id", "object_id"], update_fields=list(WRITTEN)
    )
