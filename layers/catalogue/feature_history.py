"""One feature through the versions of its layer: since when it is there, and what changed.

Ids stay with a row where versions are matched by a key; without one a replaced layer's ids mean other rows, so only
versions that carry ids on are compared.
"""

from dataclasses import dataclass
from typing import Any

from layers.storage.columns import columns_from
from layers.storage.models import Layer, LayerVersion
from layers.storage.rows import rows_of
from tiles.layer.fingerprint import Fingerprint

MOST_VERSIONS = 10
CARRY_IDS = (LayerVersion.Mode.APPEND, LayerVersion.Mode.UPSERT, LayerVersion.Mode.EDIT)
"""Modes in which a row keeps its id whether the layer has a key or not."""


@dataclass(frozen=True)
class Change:
    """What one version did to the feature. `fields` are the columns whose values differ from the version before."""

    version: LayerVersion
    kind: str
    fields: list[str]
    moved: bool


def history_of(layer: Layer, pk: int) -> list[Change]:
    """Newest first; empty where ids are not carried from version to version."""
    kept = layer.versions.filter(removed__isnull=True).select_related("created_by")
    versions = list(kept.order_by("-number")[: MOST_VERSIONS + 1])[::-1]
    changes, before, before_version = [], None, None
    for version in versions:
        carried = version.mode in CARRY_IDS or bool(layer.key_column)
        now = _row(version, pk)
        if before_version is not None and not carried:
            changes, before = [], None
        change = _change(version, before, now)
        if change:
            changes.append(change)
        before, before_version = now, version
    return changes[::-1][:MOST_VERSIONS]


def _row(version: LayerVersion, pk: int) -> dict[str, Any] | None:
    columns = columns_from(version.fields)
    attributes = [f"f{index}" for index in range(len(columns))]
    row = rows_of(version).filter(pk=pk).annotate(shape=Fingerprint("geom")).values_list("shape", *attributes).first()
    return None if row is None else {"": row[0], **{c.name: v for c, v in zip(columns, row[1:], strict=True)}}


def _change(version: LayerVersion, before: dict[str, Any] | None, now: dict[str, Any] | None) -> Change | None:
    if now is None:
        return Change(version, "gone", [], False) if before is not None else None
    if before is None:
        return Change(version, "new", [], False)
    labels = {column.name: column.label for column in columns_from(version.fields)}
    fields = [labels[name] for name in now if name and before.get(name) != now[name]]
    moved = before[""] != now[""]
    return Change(version, "changed" if fields or moved else "same", fields, moved)
