"""Boards as vector tiles: a tileset for each board that has a map."""

from layers.models import Layer
from reporting.boards.models import Board
from reporting.boards.tiles import layer_for_name, list_layers
from reporting.indicators.models import Indicator
from reporting.observations.models import Observation, ObservedFeature

DECIDED_BY = (Board, Indicator, Layer)
"""Whose rows decide which tilesets there are and who sees them."""
DRAWN_FROM = (Observation, ObservedFeature)

__all__ = ["DECIDED_BY", "DRAWN_FROM", "layer_for_name", "list_layers"]
