"""Who may see a layer: making it public with all that must be said first, and taking it back."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, MissingEvidence
from layers.storage.columns import columns_from
from layers.storage.models import Layer
from layers.styling.services import locked
from ledger.audit import record

REQUIRED = {
    "source": gettext_lazy("请写明数据来源。"),
    "data_date": gettext_lazy("请写明数据日期。"),
    "licence": gettext_lazy("请写明许可。"),
    "review_number": gettext_lazy("请填写审图号；不需要审图的，写明理由。"),
    "department": gettext_lazy("请选择提供和联系部门。"),
}
"""What must be said about a layer before the public may see it."""


def missing_facts(layer: Layer) -> list[FieldError]:
    """What is still to be said before publication."""
    return [FieldError(name, "required", str(why)) for name, why in REQUIRED.items() if not getattr(layer, name)]


def every_field(layer: Layer) -> list[str]:
    """Source names of all fields of the version that is shown; none for a raster."""
    return [column.name for column in columns_from(layer.current_version.fields)] if layer.current_version else []


def unpublished_fields(layer: Layer) -> list[str]:
    """Fields of a public layer that the public does not read."""
    if layer.public_fields is None or layer.current_version is None:
        return []
    columns = columns_from(layer.current_version.fields)
    return [column.label for column in columns if column.name not in layer.public_fields]


@transaction.atomic
def publish(
    layer: Layer, facts: dict[str, Any], public_fields: Collection[str], confirmed: bool, revision: int, user: Asker
) -> Layer:
    """Open a layer, or change what of it is open. `facts` are the values of REQUIRED.

    Raises MissingEvidence with every fact that is missing, BadInput for an unknown field or without a confirmation,
    StaleEdit for a form opened before the last change.
    """
    current = locked(layer, revision)
    if current.current_version is None:
        raise BadInput(_("图层已经撤下，没有可以公开的内容。"), code="layer-missing")
    for name in REQUIRED:
        setattr(current, name, facts.get(name) or (None if name in ("data_date", "department") else ""))
    missing = missing_facts(current)
    if missing:
        raise MissingEvidence(_("公开之前还缺这些说明。"), errors=missing)
    names = every_field(current)
    unknown = sorted(set(public_fields) - set(names))
    if unknown:
        raise BadInput(_("没有名为“%s”的字段。") % unknown[0], code="field-unknown")
    if not confirmed:
        raise BadInput(_("请确认以上内容可以公开。"), code="not-confirmed")
    current.public_fields = [name for name in names if name in public_fields]
    current.visibility = Layer.Visibility.PUBLIC
    return _written(current, user, "layer.publish", fields=current.public_fields)


@transaction.atomic
def describe(layer: Layer, facts: dict[str, Any], revision: int, user: Asker) -> Layer:
    """Change what is said of a layer, or keep it inside again. Raises StaleEdit."""
    current = locked(layer, revision)
    changed = [name for name, value in facts.items() if getattr(current, name) != value]
    for name in changed:
        setattr(current, name, facts[name])
    return _written(current, user, "layer.edit", changed=changed)


@transaction.atomic
def withdraw(layer: Layer, revision: int, user: Asker) -> Layer:
    """Keep a layer inside again. Raises StaleEdit."""
    current = locked(layer, revision)
    current.visibility = Layer.Visibility.INTERNAL
    return _written(current, user, "layer.withdraw")


def _written(layer: Layer, user: Asker, verb: str, **more: Any) -> Layer:
    layer.revision += 1
    layer.save()
    record(user, verb, layer, **more)
    return layer
