"""Generalised copies per zoom of large tables, kept right by triggers."""
from typing import Any


def find(layer: Any, rows: Any, tile: Any) -> Any:
    return None
