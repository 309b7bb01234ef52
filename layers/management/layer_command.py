"""Commands on one layer: their refusals name it."""

from typing import Any

from geokit.refusal import Refusal
from ui.commands import AnsweringCommand


class LayerCommand(AnsweringCommand):
    """A command that does one thing with one layer."""

    @staticmethod
    def refused(refusal: Refusal, given: dict[str, Any]) -> dict[str, Any]:
        return AnsweringCommand.refused(refusal, given) | {"slug": given.get("slug", "")}
