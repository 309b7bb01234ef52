"""Which kinds of problem there are on a day: the standard list, with what the district has set since."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from supervision.kinds.definition import ProblemKind, standard
from supervision.kinds.models import KindVersion


def all_kinds(day: date | None = None) -> list[ProblemKind]:
    """Every kind as it counts on a local day (today), those that are switched off too, in the order of the list."""
    day = day or timezone.localdate()
    found = {kind.code: kind for kind in standard()}
    begun = KindVersion.objects.filter(since__lte=day).select_related("department").order_by("since", "pk")
    found |= {row.code: as_kind(row) for row in begun}
    return sorted(found.values(), key=lambda kind: (kind.position, kind.code))


def kinds(day: date | None = None) -> list[ProblemKind]:
    """The kinds that may be chosen on a local day."""
    return [kind for kind in all_kinds(day) if kind.is_active]


def kind_of(code: str, day: date | None = None) -> ProblemKind | None:
    """The kind of this code on a local day, also one that nobody may choose any more."""
    return next((kind for kind in all_kinds(day) if kind.code == code), None) if code else None


def versions(code: str) -> QuerySet[KindVersion]:
    """What the district has set of a kind, the newest first."""
    rows = KindVersion.objects.filter(code=code).select_related("department", "made_by")
    return rows.order_by("-since", "-pk")


def as_kind(row: KindVersion) -> ProblemKind:
    return ProblemKind(
        code=row.code,
        name=row.name,
        icon=row.icon,
        words=row.words,
        questions=tuple(row.questions),
        photos=row.photos,
        urgency=row.urgency,
        amount=row.amount,
        unit=row.unit,
        category=row.category,
        position=row.position,
        department=row.department,
        is_active=row.is_active,
        since=row.since,
    )
