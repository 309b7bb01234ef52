"""Duty records are for the deputy herself and the congress staff of her area; the public sees counts."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, has_role, in_scope, is_deputy, scope_of
from ledger.actors import account_of
from stations.duty.models import DutyRecord
from stations.register.models import Deputy
from stations.register.permissions import deputies_kept_by


def may_keep_duty(user: Asker) -> bool:
    """Tell whether `user` confirms duty records: the congress staff, each of her own area's deputies."""
    return has_role(user, Role.STAFF)


def may_keep_duty_of(user: Asker, deputy: Deputy) -> bool:
    """Tell whether `user` confirms the duty records of `deputy`."""
    return deputies_kept_by(user).filter(pk=deputy.pk).exists()


def may_set_points(user: Asker) -> bool:
    """Tell whether `user` sets the points rule: it is one for the whole district."""
    return has_role(user, Role.STAFF) and scope_of(user) is None


def duties_visible_to(user: Asker) -> QuerySet[DutyRecord]:
    """A deputy sees her own records, the congress staff those of their area; the public sees counts, not records."""
    if may_keep_duty(user):
        return in_scope(user, DutyRecord.objects.all(), "deputy__station__area", "deputy__station__geom")
    if is_deputy(user):
        return DutyRecord.objects.filter(deputy__user=account_of(user))
    return DutyRecord.objects.none()
