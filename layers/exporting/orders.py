"""What somebody asked to have exported, as the queue carries it, and where the file of it lies."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.permissions import Asker
from layers.exporting.row_filter import rows_in_table, rows_that_meet
from layers.exporting.services import MANY_SUFFIXES
from layers.permissions import all_columns, columns_visible_to
from layers.storage import derived
from layers.storage.columns import Column
from layers.storage.models import Layer

PUBLIC, SIGNED_IN = "public", "signed-in"


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """The parameters of an export: plain values only. All of them are in the name of its file."""

    slug: str
    version: int
    suffix: str
    columns: tuple[str, ...]
    """Attributes of the row model, as the asker may read them."""
    crs: str = ""
    encoding: str = ""
    filter: str = ""
    conditions: str = ""
    """The attribute table's query."""
    layer: int = 0
    stamp: str = ""
    """What the layer disclosed when it was asked for (`derived.stamp_of`); of another state nothing is made or sent."""
    audience: str = PUBLIC
    """For whom tiles are made. Rows are told apart by their columns alone."""

    @property
    def key(self) -> str:
        return hashlib.blake2b(json.dumps(asdict(self), sort_keys=True).encode(), digest_size=16).hexdigest()

    @property
    def folder(self) -> Path:
        return derived.root(derived.EXPORTS) / str(self.layer) / self.stamp

    @property
    def path(self) -> Path:
        return self.folder / f"{self.key}{self.suffix}"

    @property
    def note(self) -> Path:
        return self.folder / f"{self.key}.json"

    def readable(self, layer: Layer) -> dict[str, Column]:
        version = layer.current_version
        known = all_columns(version) if version else {}
        return {name: known[name] for name in self.columns}

    def rows(self, layer: Layer) -> QuerySet[Any] | None:
        """Return the wanted rows, None for all. Raises BadInput for a condition that cannot be."""
        columns = self.readable(layer)
        rows = rows_in_table(layer, self.conditions, columns) if self.conditions else None
        if self.filter:
            met = rows_that_meet(layer, self.filter, columns)
            rows = met if rows is None else rows & met
        return rows

    @property
    def reader(self) -> Asker:
        """Somebody of the audience."""
        return AnonymousUser() if self.audience == PUBLIC else User(role=Role.ADMIN, is_active=True)


def order_for(layer: Layer, suffix: str, user: Asker, **how: str) -> ExportOrder:
    """Return the order for a published layer as `user` may read it; `how` are crs, encoding, filter, conditions."""
    audience = audience_of_tiles(layer) if suffix in MANY_SUFFIXES else PUBLIC
    reader: Asker = None if suffix in MANY_SUFFIXES and audience == PUBLIC else user
    return ExportOrder(
        slug=layer.slug,
        version=layer.current_version_id or 0,
        suffix=suffix,
        columns=tuple(columns_visible_to(reader, layer)),
        layer=layer.pk,
        stamp=derived.stamp_of(layer),
        audience=audience,
        **how,
    )


def order_from(asked: Mapping[str, Any]) -> ExportOrder:
    """Return the order that the queue carried."""
    return ExportOrder(**{**asked, "columns": tuple(asked["columns"])})


def audience_of_tiles(layer: Layer) -> str:
    """For whom tiles of a layer are made: a file keeps nobody out, so a public layer's are as the public sees them."""
    return PUBLIC if layer.visibility == Layer.Visibility.PUBLIC else SIGNED_IN
