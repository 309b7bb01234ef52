"""The options of an import, from command line or form, checked in one place."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.crs import gcj02
from geokit.geometry.repair import LINE, POINT, POLICIES, POLYGON
from geokit.records.rows import KINDS
from geokit.refusal import BadInput
from layers.storage.models import LOADED_BY, SLUG_PATTERN, LayerVersion
from ui.text.slug import first_free, slug

AXES = ("auto", "as-is", "swap")
KIND_FAMILIES = {"point": POINT, "line": LINE, "polygon": POLYGON}
"""What a person calls a kind of geometry, and the type that its layer has."""
KINDS_OF = {family: kind for kind, family in KIND_FAMILIES.items()}
REMEMBERED = (
    "layer", "kind", "x_column", "y_column", "wkt_column", "join", "join_column", "join_to",
    "encoding", "crs", "datum", "axis",
    "transformation", "key", "invalid",
    "field_types", "aliases", "skip_fields",
)  # fmt: skip
SLUG_LENGTH = 48
NUMBERED = SLUG_LENGTH - 4
"""Of a slug so many characters stay before a number."""
RESERVED_SLUGS = {
    "areas", "reaches", "monitoring_points", "projects", "stations", "findings", "places", "hillshade",
    "import", "overlay", "base", "preview", "outside",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """The options of an import. Empty text means: detect it."""

    path: Path
    file_name: str
    slug: str = ""
    title: str = ""
    layer: str = ""
    kind: str = ""
    """Of a source with several kinds of geometry: the one to load (KIND_FAMILIES)."""
    kind_of_target: str = ""
    """The kind of the layer to update, which is taken where the source has several and none was chosen."""
    x_column: str = ""
    y_column: str = ""
    wkt_column: str = ""
    """Of a table: the columns that tell the place."""
    join: str = ""
    """Of a table without places: `areas`, or the layer whose shapes its rows take (`layers/importing/joining.py`)."""
    join_column: str = ""
    join_to: str = ""
    """The table's column and the layer's field that are compared; the layer's business key where none is said."""
    picks: Sequence[Mapping[str, str]] = ()
    """Layers and kinds (`layer`, `kind`) that are loaded together, each as a layer of its own."""
    remembered: Sequence[str] = ()
    """Options that nobody said this time: they come from the last load of the layer, and only fill gaps."""
    encoding: str = ""
    crs: str = ""
    datum: str = "wgs84"
    key: str = ""
    mode: str = LayerVersion.Mode.CREATE
    invalid: str = "repair"
    axis: str = "auto"
    transformation: str = ""
    field_types: Mapping[str, str] = field(default_factory=dict)
    """Kind by the source's field name, for fields that detection would read otherwise."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """What people read instead of a field's name (shapefiles cut names off)."""
    skip_fields: Sequence[str] = ()
    base_version: int | None = None
    """The version that the person compared with; another one meanwhile stops the load."""
    base_edits: int = 0
    """How often its features had been edited then."""
    dry_run: bool = False
    user: Asker = None
    department: int | None = None
    """For which department an officer sent the file: a new layer is that one's."""
    confirmed_by: Asker = None
    """Who let it count, where that may be somebody else than who sent the file."""

    @property
    def actor(self) -> Asker:
        """Whose deed the version is; what the file may read and whose the layer is goes by `user`."""
        return self.confirmed_by or self.user

    def choices(self) -> dict[str, Any]:
        """What is proposed again when the same layer is updated: everything said about reading the file."""
        said = {name: getattr(self, name) for name in REMEMBERED}
        return {name: value for name, value in said.items() if value and value != "auto"}

    def checked(self) -> "LoadOptions":
        """The same with a slug, or a refusal that names the option. Raises BadInput."""
        _one_of("mode", self.mode, LOADED_BY)
        _one_of("invalid", self.invalid, POLICIES)
        _one_of("datum", self.datum, gcj02.DATUMS)
        _one_of("axis", self.axis, AXES)
        _one_of("kind", self.kind, ("", *KIND_FAMILIES))
        for kind in self.field_types.values():
            _one_of("field-type", kind, KINDS)
        if self.mode == LayerVersion.Mode.UPSERT and not self.key:
            raise BadInput(_("按主键更新（upsert）需要指明主键字段（--key）。"), code="key-required")
        slug = self.slug or slug_from(Path(self.file_name).stem)
        if not re.fullmatch(SLUG_PATTERN, slug):
            message = _("标识“%s”不可用：只能用小写字母、数字、下划线和连字符，最长 48 个。")
            raise BadInput(message % slug[:80], code="slug-invalid")
        if slug in RESERVED_SLUGS:
            raise BadInput(_("标识“%s”已被系统图层使用，请换一个。") % slug, code="slug-reserved")
        return replace(self, slug=slug)


def slug_from(name: str) -> str:
    """A slug out of a file name; Chinese becomes pinyin."""
    plain = slug(name, "_", 40)
    if plain in RESERVED_SLUGS:
        return f"{plain}_layer"
    return plain or "layer"


def free_slug(slug: str, taken: Collection[str]) -> str:
    """The slug, or with a number where it is taken; no longer than a slug may be."""
    return first_free(slug, taken, "_", NUMBERED)


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        said = {"name": name, "value": value[:80], "allowed": "、".join(allowed)}
        raise BadInput(_("选项 %(name)s 的值“%(value)s”不可用，可选：%(allowed)s。") % said, code="option-invalid")


def batch_rows() -> int:
    """Rows read, checked and copied at a time; memory is bounded by this, not by the file."""
    return int(getattr(settings, "IMPORT_BATCH_ROWS", 20_000))
