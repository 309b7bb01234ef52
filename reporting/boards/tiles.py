"""Each board that has a map block as a tileset `board_<address>`: areas with value and class, by the tile engine.

``at=`` shows an earlier month. Classes are those of the board's map, the same through time.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Case, FilteredRelation, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from accounts.looking import as_public, shown_key
from accounts.models import Area
from accounts.permissions import Asker, inside_key
from reporting.boards.classes import Classes, classes_of
from reporting.boards.models import Board
from reporting.boards.permissions import boards_visible_to
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.indicators.permissions import indicators_visible_to
from reporting.observations.models import Observation
from reporting.observations.queries import areas_of, newest_periods
from tiles.layer.vector import PUBLIC, Past, VectorLayer

PREFIX = "board_"
FIELDS = {"code": "code", "name": "name", "value": "shown", "class": "class_number", "whole": "o__whole"}
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
    seen = {one.code: one for one in indicators_visible_to(user).filter(code__in=codes)}
    newest = newest_periods(seen.values(), user)
    return [
        _layer(board, block, seen[block["indicators"][0]], newest)
        for board, block in blocks
        if block["indicators"][0] in seen
    ]


def _layer(board: Board, block: dict[str, Any], indicator: Indicator, newest: dict[int, date]) -> VectorLayer:
    kind = indicator.period_kind
    last = newest.get(indicator.pk)

    def shown_to(user: Asker, month: date | None = None) -> QuerySet[Area]:
        if (
            not indicators_visible_to(user).filter(pk=indicator.pk).exists()
            or not boards_visible_to(user).filter(pk=board.pk).exists()
        ):
            return Area.objects.none()
        day = last if month is None else periods.start_of(kind, periods.end_of("month", month))
        reader = as_public(user) if _is_public(board, indicator) else user
        return _with_values(
            indicator,
            day or date.min,
            classes_of(indicator, block.get("method", "natural"), reader),
            reader,
        )

    return VectorLayer(
        name=f"{PREFIX}{board.slug}",
        title=f"{board.title}：{indicator.title}",
        visible_to=shown_to,
        fields=FIELDS,
        geometry_type="Polygon",
        audience=_audience(board, indicator),
        depends_on=[Observation, Indicator, Board],
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
        if (
            not boards_visible_to(user).filter(pk=board.pk).exists()
            or not indicators_visible_to(user).filter(pk=indicator.pk).exists()
        ):
            return "nobody"
        return f"readers-of-boards{inside_key(user)}{shown_key(user)}"

    return audience


def _is_public(board: Board, indicator: Indicator) -> bool:
    return board.readers == Board.Readers.PUBLIC and indicator.is_public


def _with_values(indicator: Indicator, day: date, classes: Classes, user: Asker) -> QuerySet[Area]:
    """The areas of the indicator's level with their value of a period; too small a denominator shows none."""
    rows = areas_of(indicator.level, user)
    mine = FilteredRelation("observations", condition=Q(observations__indicator=indicator, observations__period=day))
    enough = Q(o__whole__isnull=True) | Q(o__whole__gte=indicator.minimum)
    number = Case(When(enough, then=Cast("o__value", FloatField())), output_field=FloatField())
    rows = rows.annotate(o=mine).annotate(shown=number)
    steps = [When(shown__lt=bound, then=Value(place)) for place, bound in enumerate(classes.inner)]
    last = [When(shown__isnull=False, then=Value(len(classes.inner)))]
    return rows.annotate(class_number=Cast(Case(*steps, *last, output_field=IntegerField()), IntegerField()))
