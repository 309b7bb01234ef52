"""Whose layer one is: of the district of who loads it, where the instance holds several."""

from django.utils.translation import gettext as _

from accounts.models import Area
from accounts.permissions import NOWHERE, Asker, knows_inside, reach_of
from geokit.refusal import BadInput, NotPermitted
from layers.storage.models import Layer
from layers.storage.versions import get_layer


def area_of_new(user: Asker) -> Area | None:
    """Return whose inside a layer is that `user` loads. Raises NotPermitted for somebody without a district."""
    reach = reach_of(user)
    if reach is not None and reach.pk == NOWHERE.pk:
        raise NotPermitted(_("您的账号没有写明属于哪个区县，请联系管理员。"))
    return reach


def layer_to_change(slug: str, user: Asker) -> Layer:
    """Return the layer of that slug for who may change it. Raises BadInput `layer-missing`, for others' too."""
    layer = get_layer(slug)
    if not knows_inside(user, layer.area):
        raise BadInput(_("没有名为“%s”的图层。") % slug, code="layer-missing")
    return layer
