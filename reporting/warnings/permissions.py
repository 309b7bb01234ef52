"""Who sees warnings, and who decides about them."""

from django.db.models import Q, QuerySet

from accounts.models import Role
from accounts.permissions import (
    Asker,
    department_of,
    has_role,
    in_scope,
    inside,
    is_district_staff,
    leads,
    role_of,
)
from layers.permissions import layers_visible_to
from reporting.warnings.models import EarlyWarning


def warnings_visible_to(user: Asker) -> QuerySet[EarlyWarning]:
    """Congress staff see those of their area, officers what they are to answer or have delivered; nobody else.

    A rule is asked in all districts: the department that it names sees what it warned of in its own. What is about a
    feature of a layer is seen by those who may see the layer.
    """
    of_layers = Q(feature=None) | Q(feature__layer=None) | Q(feature__layer__in=layers_visible_to(user).values("pk"))
    rows = EarlyWarning.objects.filter(of_layers)
    if has_role(user, Role.STAFF):
        return in_scope(user, rows)
    if role_of(user) != Role.OFFICER:
        return rows.none()
    mine = department_of(user)
    of_rule = Q(rule__department=mine, state__in=("confirmed", "closed")) & inside(user)
    return rows.filter(of_rule | Q(suggestion__department=mine))


def may_make_rules(user: Asker) -> bool:
    """Tell whether `user` makes rules and switches them: the staff of all that the instance holds."""
    return is_district_staff(user)


def may_decide(user: Asker, warning: EarlyWarning) -> bool:
    """Tell whether `user` confirms, dismisses and closes a warning: the staff of its district."""
    return leads(user, warning.area)
