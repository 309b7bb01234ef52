"""The models of the topics, where Django looks for them and where the rooms above import them."""

from layers.importing.models import ImportJob
from layers.overlay.models import OverlayRun
from layers.sources.models import LayerSource, SourceHost
from layers.storage.models import Layer, LayerRejection, LayerVersion
from layers.styling.models import LayerStyle

__all__ = [
    "ImportJob", "Layer", "LayerRejection", "LayerSource", "LayerStyle", "LayerVersion", "OverlayRun", "SourceHost",
]  # fmt: skip
