"""What a room offers to be found: which rows, who may see them, what of them is read, and what changes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from accounts.permissions import Asker


@dataclass(frozen=True)
class Described:
    """What an entry says of one row. All of it may be read by everybody who may see the row."""

    title: str
    address: str
    codes: Sequence[str] = ()
    text: str = ""
    meta: str = ""
    area_id: int | None = None
    year: int | None = None
    organ: str = ""


@dataclass(frozen=True)
class Watch:
    """A table whose changes change entries: `column` of it is what `via` of the offered rows leads to."""

    model: type[Model]
    column: str = "id"
    via: str = "pk"


@dataclass(frozen=True)
class Offer:
    """One kind of thing that can be found. `visible_to` is the queryset of its pages; `weight` (0 to 9) its rank."""

    kind: str
    label: Any
    model: type[Model]
    visible_to: Callable[[Asker], QuerySet[Any]]
    describe: Callable[[Any], Described]
    weight: int
    related: tuple[str, ...] = ()
    watches: tuple[Watch, ...] = ()
    on_map: bool = False
    """Whether the map draws these rows under this kind's name."""
    only: Q = field(default_factory=Q)
    """Which rows are offered at all."""

    def rows(self, via: str = "pk", ids: Iterable[int] | None = None) -> Iterator[tuple[int, int, Described]]:
        """Give parent, key and description of the rows that `via` leads to from `ids`; of all without them."""
        found = self.model._default_manager.filter(self.only)
        if self.related:
            found = found.select_related(*self.related)
        if ids is not None:
            found = found.filter(**{f"{via}__in": list(ids)})
        for row in found.order_by("pk").iterator(chunk_size=1000):
            yield 0, row.pk, self.describe(row)

    def gone(self, via: str, ids: Iterable[int]) -> Q:
        """Match the entries that a change may have left without a row."""
        return Q(object_id__in=list(ids)) if via == "pk" else Q(pk__in=[])

    def seen_by(self, user: Asker) -> Any:
        """Match the entries of rows that `user` may see, by the queryset of the pages."""
        visible = self.visible_to(user).order_by().filter(pk=Cast(OuterRef("object_id"), BigIntegerField()))
        return Exists(visible)

    def watched(self) -> tuple[Watch, ...]:
        """Return every table of which a change is noted."""
        return (Watch(self.model), *self.watches)


_OFFERS: dict[str, Offer] = {}


def register(offers: Iterable[Offer]) -> None:
    """Have things found; once, by the room that knows all rooms."""
    _OFFERS.update({offer.kind: offer for offer in offers})


def offers() -> dict[str, Offer]:
    """Return the kinds of things by name, the most looked for first."""
    return dict(sorted(_OFFERS.items(), key=lambda item: -item[1].weight))
