"""Who may order reports, and who may read them: they are working papers of the congress, not of the public."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import Asker, has_role, is_district_staff, reach_of
from reporting.quarterly.models import QuarterlyReport

READERS = (Role.DEPUTY, Role.OFFICER, Role.STAFF)


def may_order(user: Asker) -> bool:
    """The district's congress staff and administrators have reports made: each is about the whole district."""
    return is_district_staff(user)


def reports_visible_to(user: Asker) -> QuerySet[QuarterlyReport]:
    """Who orders sees every order; deputies, departments and towns' staff the reports that are made, others none.

    One that holds a board that is not public is for those who order.
    """
    if may_order(user):
        return QuarterlyReport.objects.all()
    if reach_of(user) is not None:  # each tells of all districts
        return QuarterlyReport.objects.none()
    if has_role(user, *READERS):
        return QuarterlyReport.objects.filter(state=QuarterlyReport.State.DONE, is_inner=False)
    return QuarterlyReport.objects.none()
