"""Write a layer's style: every style is kept, a stale form is refused, undo saves an earlier style again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, StaleEdit
from layers.permissions import columns_visible_to
from layers.storage.models import Layer
from layers.styling.models import LayerStyle
from layers.styling.style import SINGLE, Style, fitting, parse, style_of
from ledger.actors import account_of
from ledger.audit import record


def locked(layer: Layer, revision: int) -> Layer:
    """The layer under a row lock. Raises StaleEdit when it was changed after the form was opened."""
    current = Layer.objects.select_for_update(of=("self",)).select_related("current_version").get(pk=layer.pk)
    if current.revision != revision:
        raise StaleEdit(_("这个图层刚被别人改过。下面是您的修改，核对后请再保存一次。"))
    return current


@transaction.atomic
def save_style(layer: Layer, style: Style, revision: int, user: Asker) -> Layer:
    """Make `style` the layer's own. Raises StaleEdit, or BadInput `style-invalid` for a field that is not there."""
    current = locked(layer, revision)
    columns = columns_visible_to(user, current)
    style = parse(style.as_json())
    missing = style.fields - {column.column for column in columns.values()}
    if missing:
        raise BadInput(_("图层没有字段“%s”。") % sorted(missing)[0], code="style-invalid")
    _record_initial_style(current)
    return write(current, style.as_json(), user, "layer.style")


def _record_initial_style(layer: Layer) -> None:
    """The style from before anybody chose one is worth going back to as well."""
    if not layer.styles.exists():
        LayerStyle.objects.create(layer=layer, number=1, style=layer.style)


def write(layer: Layer, style: dict[str, Any], user: Asker, verb: str) -> Layer:
    newest = layer.styles.values_list("number", flat=True).first() or 0
    kept = LayerStyle.objects.create(layer=layer, number=newest + 1, style=style, created_by=account_of(user))
    layer.style = style
    layer.revision += 1
    layer.save(update_fields=["style", "revision", "updated"])
    record(user, verb, layer, style=kept.number)
    return layer


@transaction.atomic
def restore_style(layer: Layer, number: int, revision: int, user: Asker) -> Layer:
    """Take an earlier style again, as a new one. Raises StaleEdit, or BadInput `style-missing`."""
    current = locked(layer, revision)
    earlier = current.styles.filter(number=number).first()
    if earlier is None:
        raise BadInput(_("没有这个样式。"), code="style-missing")
    return write(current, earlier.style, user, "layer.style_restore")


def copied_style(source: Layer, target: Layer, user: Asker) -> Style:
    """The style of `source` for `target`, a draft. Raises BadInput `style-unfit` where the target lacks its field."""
    theirs = style_of(source, columns_visible_to(user, source).values())
    columns = columns_visible_to(user, target).values()
    fitted = fitting(theirs, columns)
    if theirs.kind != SINGLE and fitted.kind == SINGLE:
        message = _("“%(title)s”按字段“%(field)s”分类，这个图层没有同名同类的字段。")
        raise BadInput(message % {"title": source.title, "field": theirs.field}, code="style-unfit")
    return fitted
