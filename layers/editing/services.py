"""Write single features of a loaded layer: who may, one writer at a time, as a version that undo takes back.

The first edit of a sitting copies the published table into a new version and changes the copy; the sitting's further
edits change that copy. A sitting is one person's, lasts until half an hour after its last edit, and ends where anything
else is published. Undoing it is undoing its version.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, Busy, FieldError, NotPermitted, TooLarge, TooMany
from layers.editing.changes import changes
from layers.editing.values import shape_of, values_of
from layers.permissions import keeps_layer, reads_all_columns
from layers.signals import features_edited, version_published
from layers.storage import feature_rows, tables
from layers.storage.columns import Column, columns_from
from layers.storage.feature_rows import Row
from layers.storage.ids import note_ids
from layers.storage.models import Layer, LayerVersion
from ledger.actors import account_of
from ledger.audit import record
from tiles.layer.editing import GivenFeature

SITTING = timedelta(minutes=30)
LONGEST_SITTING = timedelta(hours=8)
"""However often she edits: what a version showed in between is told by the log alone."""
MOST_SITTINGS = 12
"""Begun on one layer in an hour, by whomever: each copies the table."""
MOST_ROWS = 200_000
"""Of a layer that is edited feature by feature: the first edit of a sitting copies them all, in some seconds."""
EDIT = LayerVersion.Mode.EDIT


def may_edit_features(user: Asker, layer: Layer) -> bool:
    """Tell whether `user` writes features of this layer: its keepers, while it is on the map.

    A layer of the whole city that an officer's department provides is not hers to edit where she reads a part of its
    columns only: she would write over what she does not see.
    """
    is_drawn = layer.current_version is not None and layer.kind == Layer.Kind.VECTOR
    return is_drawn and keeps_layer(user, layer) and reads_all_columns(user, layer)


def hold(layer: Layer, user: Asker) -> "FeatureWriter":
    """Hold a layer for writing until the end of the transaction.

    Edits wait for one another; a load, which may take an hour, is not waited for. Raises NotPermitted, Busy, TooLarge.
    """
    current = Layer.objects.select_for_update(of=("self",)).select_related("current_version").get(pk=layer.pk)
    if not may_edit_features(user, current):
        raise NotPermitted(_("图层“%s”由负责它的部门和 GIS 人员编辑。") % current.title)
    if not tables.lock_layer(current.pk):
        raise Busy(_("图层“%s”正在导入，暂时不能编辑。") % current.title, code="layer-busy")
    if current.current_version is not None and current.current_version.rows > MOST_ROWS:
        message = _("图层“%(title)s”有 %(rows)s 行，超过逐个编辑的上限 %(most)s 行；请导入一个文件来更新它。")
        said = {"title": current.title, "rows": current.current_version.rows, "most": MOST_ROWS}
        raise TooLarge(message % said, code="layer-too-large")
    return FeatureWriter(current, user)


@dataclass
class FeatureWriter:
    """A layer that is held; each call is one edit, with its entry in the log."""

    held: Layer
    user: Asker
    _version: LayerVersion | None = field(default=None, init=False)

    def create(self, feature: GivenFeature) -> int:
        """Add a feature; return its id. Raises BadInput."""
        shape, values = self._checked(feature)
        version = self._opened()
        key = self.held.highest_id = self.held.highest_id + 1
        with self._unique_key():
            feature_rows.insert(version.table_name, key, shape, self._columns, values)
        self._written("created", key, None)
        return key

    def replace(self, key: int, feature: GivenFeature) -> None:
        """Put a whole feature in the place of one. Raises BadInput."""
        shape, values = self._checked(feature)
        table = self._opened().table_name
        before = feature_rows.read(table, key, self._columns)
        with self._unique_key():
            feature_rows.update(table, key, shape, self._columns, values)
        self._written("replaced", key, before)

    def delete(self, key: int) -> None:
        """Take a feature away."""
        table = self._opened().table_name
        before = feature_rows.read(table, key, self._columns)
        feature_rows.delete(table, key)
        self._written("deleted", key, before)

    @property
    def _columns(self) -> list[Column]:
        return columns_from(self._published.fields)

    @property
    def _published(self) -> LayerVersion:
        if self.held.current_version is None:
            raise RuntimeError("a layer off the map is never held")
        return self.held.current_version

    def _checked(self, feature: GivenFeature) -> tuple[Any, list[Any]]:
        values = values_of(feature, self._columns, self.held.key_column)
        return shape_of(feature, self.held.geometry_type), values

    @contextmanager
    def _unique_key(self) -> Iterator[None]:
        """A second feature with the same key is a refusal, and leaves the transaction usable."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError as error:
            key = self.held.key_column
            message = _("主键字段“%s”的值已经在别的要素上。") % key
            errors = [FieldError(key, "key-duplicate", message)]
            raise BadInput(message, code="key-duplicate", errors=errors) from error

    def _opened(self) -> LayerVersion:
        """The version of this sitting: the published one if it is that, else a copy of it."""
        if self._version is None:
            self._version = self._published if self._goes_on() else self._copied()
        return self._version

    def _check_sittings(self) -> None:
        begun = self.held.versions.filter(mode=EDIT, created__gt=timezone.now() - timedelta(hours=1))
        if begun.count() >= MOST_SITTINGS:
            message = _("图层“%s”一小时内被轮流编辑得太频繁，请稍后再试，或导入一个文件来更新它。")
            raise TooMany(message % self.held.title, retry_after=600, code="too-many-sittings")

    def _goes_on(self) -> bool:
        version = self._published
        account = account_of(self.user)
        return (
            version.mode == EDIT
            and version.created_by_id == (account.pk if account else None)
            and version.edited is not None
            and timezone.now() - version.edited < SITTING
            and timezone.now() - version.created < LONGEST_SITTING
            and not self.held.versions.filter(number__gt=version.number).exists()
        )

    def _copied(self) -> LayerVersion:
        self._check_sittings()
        base, columns = self._published, self._columns
        number = (self.held.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        note_ids(self.held, base)
        kept = {name: base.report[name] for name in ("geometry_type", "choices") if name in base.report}
        version = LayerVersion.objects.create(
            layer=self.held, number=number, mode=EDIT, table_name=f"l{self.held.pk}_v{number}", fields=base.fields,
            report=kept | {"edits": {"created": 0, "replaced": 0, "deleted": 0}}, created_by=account_of(self.user),
        )  # fmt: skip
        tables.prepare_session()
        feature_rows.copy_whole(version.table_name, base.table_name, columns, self.held.geometry_type)
        key = next((column for column in columns if column.column == self.held.key_column), None)
        unique = key if key is not None and not tables.key_repeats(version.table_name, key) else None
        tables.finish(version.table_name, columns, unique, f"{self.held.title} v{number}")
        return version

    def _written(self, kind: str, key: int, before: Row | None) -> None:
        """Count and measure anew, publish, and write the edit down, with what it changed from what to what."""
        version, previous = self._opened(), self._published
        changed = changes(self._columns, before, feature_rows.read(version.table_name, key, self._columns))
        version.report["edits"][kind] += 1
        version.edits += 1
        version.edited = timezone.now()
        version.rows, box = tables.measure(version.table_name)
        version.west, version.south, version.east, version.north = box or (None,) * 4
        version.save()
        self.held.current_version = version
        self.held.save(update_fields=["current_version", "highest_id", "updated"])
        if previous.pk == version.pk:
            features_edited.send(Layer, layer=self.held, version=version)
        else:
            version_published.send(Layer, layer=self.held, version=version, previous=previous)
        record(self.user, "layer.features", self.held, version=version.number, edit=kind, feature=key, changed=changed)
