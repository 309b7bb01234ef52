"""Who sets sources up and sees them: whoever keeps the layer; hosts are decided by GIS staff and the congress staff."""

from django.db.models import Q, QuerySet

from accounts.permissions import Asker, inside, reach_of
from layers.permissions import may_edit_layers, own_department
from layers.sources.models import LayerSource, SourceHost


def sources_managed_by(user: Asker) -> QuerySet[LayerSource]:
    """Sources of the layers that `user` keeps, and those of hers that are no layer yet."""
    sources = LayerSource.objects.select_related("layer", "made_by", "last_job")
    if may_edit_layers(user):
        return sources.filter((Q(layer=None) & inside(user)) | (Q(layer__isnull=False) & inside(user, "layer__area")))
    own = own_department(user)
    if own is None:
        return sources.none()
    return sources.filter(Q(layer=None, department=own) | Q(layer__department=own))


def maker_stands(source: LayerSource) -> bool:
    """Tell whether who made the source may still keep what it fills; what it brings is loaded with her rights."""
    return source.made_by.is_active and sources_managed_by(source.made_by).filter(pk=source.pk).exists()


def hosts_decided_by(user: Asker) -> QuerySet[SourceHost]:
    """Hosts that `user` may take off the list: those of her district."""
    hosts = SourceHost.objects.select_related("added_by", "ended_by")
    return hosts.filter(inside(user)) if may_edit_layers(user) else hosts.none()


def hosts_for(user: Asker) -> QuerySet[SourceHost]:
    """Hosts on the list that sources of `user` may name."""
    reach = reach_of(user)
    return SourceHost.objects.filter(Q(area=None) | Q(area=reach), ended_at=None)
