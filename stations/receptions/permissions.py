"""Reception days are public; the text of a matter is for those who run the station or received there."""

from django.db.models import Q, QuerySet

from accounts.looking import shown
from accounts.permissions import Asker, is_deputy
from ledger.actors import account_of
from stations.receptions.models import Matter, Reception
from stations.register.models import Deputy
from stations.register.permissions import in_office, stations_run_by


def receptions_visible_to(user: Asker) -> QuerySet[Reception]:
    """Announced, held and cancelled reception days are public, of the district looked at."""
    return Reception.objects.filter(shown(user, "station__area"))


def matters_visible_to(user: Asker) -> QuerySet[Matter]:
    """Return the matters whose text `user` may read: those of the stations that she runs or, in office, received at."""
    mine = Q(reception__station__in=stations_run_by(user))
    if is_deputy(user):
        mine |= Q(reception__deputies__in=Deputy.objects.filter(in_office(), user=account_of(user)))
    return Matter.objects.filter(mine).distinct()
