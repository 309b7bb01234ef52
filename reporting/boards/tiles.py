"""Each board that has a map block as a tileset `board_<address>`: areas, points or features with value and class.

``at=`` shows an earlier month. Classes are those of the board's map, the same through time.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    FilteredRelation,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from accounts.looking import as_public, shown_key
from accounts.models import Area
from accounts.permissions import Asker, inside_key
from layers.models import Layer
from reporting.boards.classes import Classes, classes_of
from reporting.boards.models import Board
from reporting.boards.permissions import boards_visible_to
from reporting.indicators import periods
from reporting.indicators.models import POINT, Indicator
from reporting.indicators.permissions import indicators_visible_to
from reporting.observations.features import features_of, readable
from reporting.observations.models import Observation, ObservedFeature
from reporting.observations.queries import areas_of, newest_periods
from river_monitoring.permissions import points_audience
from tiles.layer.vector import PUBLIC, Past, VectorLayer

PREFIX = "board_"
FIELDS = {"code": "shown_code", "name": "shown_name", "value": "shown", "class": "class_number", "whole": "o__whole"}
DESCRIBED = {
    "value": "value of the board's map indicator; absent where there is no data, or not enough",
    "class": "class of the value, from 0; the same bounds in every period",
    "whole": "denominator of the value",
}


def name_of(board: Board) -> str:
    """The tileset of a board; empty where it has no map."""
    return f"{PREFIX}{board.slug}" if _map_block(board) else ""


def list_layers(user: Asker) -> list[VectorLayer]:
    """The tilesets of the boards that `user` may open."""
    return _layers(user, boards_visible_to(user))


def layer_for_name(name: str, user: Asker) -> VectorLayer | None:
    """The tileset of that name; None where there is none, or none for `user`."""
    if not name.startswith(PREFIX):
        return None
    return next(iter(_layers(user, boards_visible_to(user).filter(slug=name.removeprefix(PREFIX)))), None)


def _map_block(board: Board) -> dict[str, Any] | None:
    return next((block for block in board.blocks if block["kind"] == "map"), None)


def _layers(user: Asker, boards: Iterable[Board]) -> list[VectorLayer]:
    blocks = [(board, block) for board in boards if (block := _map_block(board))]
    codes = {block["indicators"][0] for _board, block in blocks}
    seen = {one.code: one for one in indicators_visible_to(user).filter(code__in=codes).select_related("layer")}
    newest = newest_periods(seen.values(), user)
    return [
        _layer(board, block, seen[block["indicators"][0]], newest)
        for board, block in blocks
        if block["indicators"][0] in seen
    ]


def _layer(board: Board, block: dict[str, Any], indicator: Indicator, newest: dict[int, date]) -> VectorLayer:
    kind = indicator.period_kind
    last = newest.get(indicator.pk)

    def places(user: Asker) -> QuerySet[Any]:
        reader = _reader(board, indicator, user)
        rows = areas_of(indicator.level, reader) if indicator.is_of_areas else features_of(indicator, reader)
        return rows.filter(_may_read(board, indicator, user))

    def shown_to(user: Asker, month: date | None = None) -> QuerySet[Any]:
        day = last if month is None else periods.start_of(kind, periods.end_of("month", month))
        reader = _reader(board, indicator, user)
        classes = classes_of(indicator, block.get("method", "natural"), reader)
        return _with_values(indicator, day or date.min, classes, reader).filter(_may_read(board, indicator, user))

    return VectorLayer(
        name=f"{PREFIX}{board.slug}",
        title=f"{board.title}：{indicator.title}",
        visible_to=shown_to,
        fields=FIELDS,
        geometry_type="Polygon" if indicator.is_of_areas else "Point",
        audience=_audience(board, indicator),
        model=Area if indicator.is_of_areas else ObservedFeature,
        places=places,
        depends_on=[Observation, Indicator, Board, *([] if indicator.is_of_areas else [Layer, ObservedFeature])],
        description=indicator.about,
        attribution=indicator.source,
        schematic=True,
        past=Past(visible_to=shown_to, fields=FIELDS, depends_on=[Observation]),
        described=DESCRIBED,
    )


def _audience(board: Board, indicator: Indicator) -> Any:
    """Everybody where board and indicator are public; else those who may read both, who all see the same."""

    def audience(user: Asker) -> str:
        if _is_public(board, indicator):
            return f"{PUBLIC}{shown_key(user)}"
        if not Board.objects.filter(_may_read(board, indicator, user), pk=board.pk).exists():
            return "nobody"
        own = f"-{points_audience(user)}" if indicator.level == POINT else ""  # a department also has its own points
        return f"readers-of-boards{inside_key(user)}{shown_key(user)}{own}"

    return audience


def _may_read(board: Board, indicator: Indicator, user: Asker) -> Q:
    """Whether `user` may read both now, as a condition that holds for all rows or for none: asked with the rows."""
    boards, indicators = boards_visible_to(user).filter(pk=board.pk), indicators_visible_to(user)
    return Q(Exists(boards.order_by()) & Exists(indicators.filter(pk=indicator.pk).order_by()))


def _reader(board: Board, indicator: Indicator, user: Asker) -> Asker:
    """Who the values are read as: what is public shows everybody the same."""
    return as_public(user) if _is_public(board, indicator) else user


def _is_public(board: Board, indicator: Indicator) -> bool:
    of_public = indicator.layer is None or indicator.layer.visibility == Layer.Visibility.PUBLIC
    return board.readers == Board.Readers.PUBLIC and indicator.is_public and of_public


def _with_values(indicator: Indicator, day: date, classes: Classes, user: Asker) -> QuerySet[Any]:
    """What the indicator has values of, with its value of a period; too small a denominator shows none."""
    rows = _areas(indicator, user) if indicator.is_of_areas else _features(indicator, user)
    mine = FilteredRelation("observations", condition=Q(observations__indicator=indicator, observations__period=day))
    enough = Q(o__whole__isnull=True) | Q(o__whole__gte=indicator.minimum)
    number = Case(When(enough, then=Cast("o__value", FloatField())), output_field=FloatField())
    rows = rows.annotate(o=mine).annotate(shown=number)
    steps = [When(shown__lt=bound, then=Value(place)) for place, bound in enumerate(classes.inner)]
    last = [When(shown__isnull=False, then=Value(len(classes.inner)))]
    return rows.annotate(class_number=Cast(Case(*steps, *last, output_field=IntegerField()), IntegerField()))


def _areas(indicator: Indicator, user: Asker) -> QuerySet[Any]:
    return areas_of(indicator.level, user).annotate(shown_code=F("code"), shown_name=F("name"))


def _features(indicator: Indicator, user: Asker) -> QuerySet[Any]:
    """Points or features with as much of their name and key as `user` may read."""
    rows = features_of(indicator, user)
    if indicator.layer is None:
        return rows.annotate(shown_code=F("code"), shown_name=F("name"))
    names, key_is_read = readable(user, indicator.layer)
    code = F("code") if key_is_read else Value("", output_field=CharField())
    named = When(named_by__in=names - {""}, then=F("name"))
    return rows.annotate(shown_code=code).annotate(
        shown_name=Case(named, default=F("shown_code"), output_field=CharField())
    )
