"""Whose overlays somebody sees, and what they may be made from."""

from django.db.models import QuerySet

from accounts.permissions import Asker, inside, reach_of
from layers.overlay.models import OverlayRun
from layers.permissions import layers_visible_to
from layers.storage.models import Layer
from ledger.actors import account_of


def overlays_seen_by(user: Asker) -> QuerySet[OverlayRun]:
    """Return the overlays whose answers an editor sees: all, and with several districts her own."""
    runs = OverlayRun.objects.all()
    return runs if reach_of(user) is None else runs.filter(created_by=account_of(user))


def layers_read_whole_by(user: Asker) -> QuerySet[Layer]:
    """Return the layers of which `user` may read every column, for an answer is made with all of them."""
    layers = layers_visible_to(user)
    return layers if reach_of(user) is None else layers.filter(inside(user))
