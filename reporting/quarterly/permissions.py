"""Who may order reports, and who may read them: they are working papers of the congress, not of the public."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, has_role, role_of
from reporting.quarterly.models import QuarterlyReport

READERS = (Role.DEPUTY, Role.OFFICER)


def may_order(user: Asker) -> bool:
    """Congress staff and administrators have reports made."""
    return has_role(user, Role.STAFF)


def reports_visible_to(user: Asker) -> QuerySet[QuarterlyReport]:
    """Staff see every order; deputies and departments the reports that are made; others none."""
    if may_order(user):
        return QuarterlyReport.objects.all()
    if role_of(user) in READERS:
        return QuarterlyReport.objects.filter(state=QuarterlyReport.State.DONE)
    return QuarterlyReport.objects.none()
