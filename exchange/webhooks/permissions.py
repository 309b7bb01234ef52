"""Who has other systems called, and whose calls are whose."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, has_role, role_of
from exchange.webhooks.models import Endpoint


def may_have_webhooks(user: Asker) -> bool:
    """Congress and GIS staff and administrators, for what each of them may see; no program."""
    return has_role(user, Role.STAFF, Role.GIS) and not getattr(user, "is_service", False)


def endpoints_visible_to(user: Asker) -> QuerySet[Endpoint]:
    """One's own; administrators see all, to end them."""
    if not may_have_webhooks(user):
        return Endpoint.objects.none()
    return Endpoint.objects.all() if role_of(user) == Role.ADMIN else endpoints_of(user)


def endpoints_of(user: Asker) -> QuerySet[Endpoint]:
    """Those that `user` made: nobody else changes one, tries it or sees a new secret of it."""
    return (
        Endpoint.objects.filter(maker=getattr(user, "pk", None)) if may_have_webhooks(user) else Endpoint.objects.none()
    )


def maker_stands(endpoint: Endpoint) -> bool:
    """Tell whether the maker is who she was: her account open, with the same role and area."""
    maker = endpoint.maker
    same = (maker.role, maker.area_id) == (endpoint.maker_role, endpoint.maker_area_id)
    return bool(maker.is_active and same and may_have_webhooks(maker))
