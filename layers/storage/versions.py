"""Which version of a layer is published, and going back to an earlier one."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, Busy, StaleEdit
from layers.signals import version_published
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record


def get_layer(slug: str) -> Layer:
    """The layer of that slug. Raises BadInput `layer-missing`."""
    layer = Layer.objects.select_related("current_version").filter(slug=slug).first()
    if layer is None:
        raise BadInput(_("没有名为“%s”的图层。") % slug, code="layer-missing")
    return layer


def show_version(layer: Layer, version: LayerVersion, **changed: Any) -> Layer:
    """Make `version` the one that is shown and write it with the fields `changed`; return the layer as it is then.

    What was said of the layer since the load began, in an hour perhaps (its visibility, its style), stays: it is read
    anew, and locked until the transaction ends.
    """
    current = Layer.objects.select_for_update(of=("self",)).get(pk=layer.pk)
    values = {"current_version": version, "highest_id": max(current.highest_id, layer.highest_id), **changed}
    for name, value in values.items():
        setattr(current, name, value)
    current.save(update_fields=[*values, "updated"])
    return current


def undo_layer(slug: str, to_version: int | None = None, user: Asker = None, shown: int = 0) -> LayerVersion | None:
    """Publish an earlier version again; without a number the newest one before the current.

    Nothing is deleted: undoing is pointing elsewhere, and can itself be undone with `to_version`.
    Undoing the first version takes the layer off the map (None). `shown` is the version that was current for whoever
    asks: pressed twice, or by two people, it is undone once. Raises BadInput, StaleEdit.
    """
    with transaction.atomic():
        layer = get_layer(slug)
        if not tables.lock_layer(layer.pk):
            raise Busy(_("图层“%s”正在导入，暂时不能撤销。") % layer.title, code="layer-busy")
        layer = Layer.objects.select_for_update(of=("self",)).select_related("current_version").get(pk=layer.pk)
        before = layer.current_version
        if shown and (before is None or before.number != shown):
            raise StaleEdit(_("图层“%s”已经换了版本，没有再撤销；请看过现在的版本再决定。") % layer.title)
        target = _target(layer, to_version)
        layer.current_version = target
        if target is not None:
            layer.geometry_type = target.report.get("geometry_type", layer.geometry_type)
        layer.save(update_fields=["current_version", "geometry_type", "updated"])
        version_published.send(Layer, layer=layer, version=target, previous=before)
        record(user, "layer.undo", layer, before=before and before.number, after=target and target.number)
        return target


def _target(layer: Layer, to_version: int | None) -> LayerVersion | None:
    if to_version is not None:
        target = layer.versions.filter(number=to_version).first()
        if target is None:
            numbers = _("、").join(str(number) for number in layer.versions.values_list("number", flat=True))
            named = {"layer": layer.slug, "version": to_version, "present": numbers or _("（无）")}
            message = _("图层“%(layer)s”没有版本 %(version)s，现有版本：%(present)s。") % named
            raise BadInput(message, code="version-missing")
        if target.removed is not None:
            raise BadInput(_("版本 %s 的数据已按保留期限清除，不能再发布。") % to_version, code="version-removed")
        return target
    if layer.current_version is None:
        raise BadInput(_("图层“%s”已经撤下，没有可以再撤销的版本。") % layer.slug, code="nothing-to-undo")
    before = layer.versions.filter(number__lt=layer.current_version.number, removed=None)
    return before.order_by("-number").first()
