"""Who may see what other instances show, and exchange with them: staff who decide for the whole instance."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Asker, is_district_staff
from exchange.register.models import ForeignRecord, Partner
from geokit.refusal import NotPermitted


def partners_kept_by(user: Asker) -> QuerySet[Partner]:
    """Return the partners that `user` exchanges with."""
    return Partner.objects.all() if is_district_staff(user) else Partner.objects.none()


def records_visible_to(user: Asker) -> QuerySet[ForeignRecord]:
    """Return the records of others that `user` may read."""
    return ForeignRecord.objects.all() if is_district_staff(user) else ForeignRecord.objects.none()


def require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not exchange with other instances."""
    if not is_district_staff(actor):
        raise NotPermitted(_("上下级互联由区人大工作人员或管理员办理。"))
