"""Who reads an indicator, and who says its values."""

from django.db.models import Q, QuerySet

from accounts.looking import looked_at, shown_with_above
from accounts.models import Role
from accounts.permissions import (
    ANONYMOUS,
    Asker,
    department_of,
    has_role,
    is_district_staff,
    is_officer_of,
    leads_somewhere,
    level_with,
    reach_of,
    role_of,
)
from layers.permissions import layers_visible_to
from reporting.indicators.models import Indicator


def indicators_visible_to(user: Asker) -> QuerySet[Indicator]:
    """Public ones for everybody; congress staff and deputies read all, officers those of their department as well.

    What is about the features of a layer is seen by those who may see the layer, and by nobody else.
    """
    of_layers = Q(layer=None) | Q(layer__in=layers_visible_to(user).order_by().values("pk"))
    return _of_readers(user).filter(of_layers)


def _of_readers(user: Asker) -> QuerySet[Indicator]:
    public = Q(is_public=True) & shown_with_above(user, "department__area")
    ours = public | Q(department=None) | level_with(user, "department__area")
    narrowed = reach_of(user) is not None or looked_at(user) is not None
    everything = Indicator.objects.filter(ours) if narrowed else Indicator.objects.all()
    if has_role(user, Role.STAFF, Role.DEPUTY):
        return everything
    if role_of(user) == ANONYMOUS:
        return everything.filter(is_public=True)
    return everything.filter(Q(is_public=True) | Q(department=department_of(user), department__isnull=False))


def may_keep_indicators(user: Asker) -> bool:
    """Tell whether `user` defines indicators, rules and boards: the district's congress staff."""
    return is_district_staff(user)


def may_report_values(user: Asker, indicator: Indicator) -> bool:
    """Tell whether `user` says values: a district's staff, and officers of the department that delivers it.

    Of which areas says `accounts.permissions.knows_inside`.
    """
    return leads_somewhere(user) or is_officer_of(user, indicator.department_id)
