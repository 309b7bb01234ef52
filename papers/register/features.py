"""Features of the district's layers as places of a paper: found by name or by a click, copied as they are that day."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import BooleanField, Case, CharField, F, Func, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import ANONYMOUS, Asker, inside, reach_of, role_of
from geokit.refusal import refuse
from layers.permissions import layers_visible_to
from layers.search import name_column, named_by
from layers.storage.models import Layer
from layers.storage.queries import search
from layers.storage.rows import rows_of
from papers.register.models import Paper, PaperPlace, Signatory
from papers.register.places import Kind, add_rows, refuse_outside, town_of

MOST_FOUND = 20
NEAR_DEGREES = 0.0005
"""Some fifty metres around a click."""


@dataclass(frozen=True, slots=True)
class Found:
    """One feature that may be meant."""

    pk: int
    name: str


def layers_for(user: Asker) -> QuerySet[Layer]:
    """The layers whose features `user` may choose: all vector layers that she may see."""
    return layers_visible_to(user).filter(kind=Layer.Kind.VECTOR)


def places_shown_to(user: Asker, places: QuerySet[PaperPlace]) -> QuerySet[PaperPlace]:
    """Leave out features of layers that `user` may not see, also when the layer is gone; her own papers' she sees.

    `name_shown` is the name: of a feature whose name comes from a column that she does not read, the layer's title.
    """
    if role_of(user) != ANONYMOUS and reach_of(user) is None:
        return places.annotate(name_shown=F("name"))
    shown, read = ~Q(kind=Kind.FEATURE), ~Q(kind=Kind.FEATURE) | _reads_column(user)
    shown |= Q(layer__in=layers_visible_to(user).order_by().values("pk"))
    if isinstance(user, User):
        own = Signatory.objects.filter(member__person__user=user, left_at=None)
        mine = Q(paper__in=own.values("paper"))
        shown, read = shown | mine, read | mine
    name = Case(When(read, then=F("name")), default=Coalesce("layer__title", Value("")), output_field=CharField())
    return places.filter(shown).annotate(name_shown=name)


def _reads_column(user: Asker) -> Q:
    """Match features whose naming column `user` reads (`layers.permissions.columns_visible_to`)."""
    published = Func(F("layer__public_fields"), F("named_by"), function="jsonb_exists", output_field=BooleanField())
    every = Q(layer__isnull=False, layer__public_fields__isnull=True)
    if role_of(user) != ANONYMOUS:
        every |= Q(layer__in=Layer.objects.filter(inside(user)).order_by().values("pk"))
    return every | Q(Exact(published, Value(True)))


def find(user: Asker, layer: Layer, words: str = "", point: Point | None = None) -> list[Found]:
    """The features that a name or a click may mean, at most twenty; nothing for a layer that `user` may not see."""
    seen = layers_for(user).filter(pk=layer.pk).first()
    if seen is None or seen.current_version is None or not (words.strip() or point):
        return []
    columns = named_by(seen)
    rows = rows_of(seen.current_version)
    if words.strip():
        if not any(column.kind == "text" for column in columns.values()):
            return []
        rows = search(rows, columns, words.strip())
    if point is not None:
        rows = rows.filter(geom__dwithin=(point, NEAR_DEGREES))
    title = name_column(columns)
    chosen = rows.order_by("id").values("id", *([title] if title else []))[:MOST_FOUND]
    return [Found(row["id"], _name(seen, row["id"], row.get(title))) for row in chosen]


@transaction.atomic
def add_feature(user: User, paper: Paper | int, layer: Layer, feature_id: int) -> Paper:
    """Add a feature with a copy of its name and shape. Raises NotPermitted, BadInput."""
    seen = layers_for(user).filter(pk=layer.pk).first()
    row = None
    if seen is not None and seen.current_version is not None:
        row = rows_of(seen.current_version).filter(pk=feature_id).first()
    if seen is None or row is None or row.geom is None or row.geom.empty:
        raise refuse("feature", "unknown", _("这个图层里没有这个要素，请重新查找。"))
    columns = named_by(seen)
    title = name_column(columns)
    name = _name(seen, row.pk, getattr(row, title) if title else "")
    place = PaperPlace(
        kind=Kind.FEATURE, layer=seen, feature_id=row.pk, name=name, geom=row.geom, area=town_of(row.geom),
        named_by=columns[title].name[:200] if title else "",
    )  # fmt: skip
    refuse_outside([place], "feature")
    # The event is never changed, a column may be hidden later.
    said = seen.title if seen.visibility == Layer.Visibility.PUBLIC else _("内部图层的要素")
    return add_rows(user, paper, [place], "feature", [said])


def _name(layer: Layer, pk: int, said: Any) -> str:
    return f"{layer.title} {str(said or '').strip() or pk}"[:80]
