"""Who reads a questionnaire, who keeps it, who may answer it."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.congress.permissions import own_groups
from accounts.looking import shown_with_above
from accounts.models import Role, User
from accounts.permissions import Asker, has_role, in_scope, is_deputy, level_with, serves
from questions.register.models import Questionnaire
from questions.register.table import TABLE, Status

Audience = Questionnaire.Audience
OPENLY = (Audience.EVERYBODY, Audience.AREA, Audience.CODES)


def kept_by(user: Asker) -> QuerySet[Questionnaire]:
    """Return the questionnaires that `user` keeps: congress staff, where they work."""
    if not has_role(user, Role.STAFF):
        return Questionnaire.objects.none()
    return in_scope(user, Questionnaire.objects.all())


def keeps(user: Asker, questionnaire: Questionnaire) -> bool:
    """Tell of one questionnaire what `kept_by` tells of many."""
    return has_role(user, Role.STAFF) and serves(user, questionnaire.area)


def questionnaires_visible_to(user: Asker) -> QuerySet[Questionnaire]:
    """Return what `user` may read: public ones, those that ask her, and those that she keeps, drafts too."""
    asked = Q(audience__in=OPENLY) & shown_with_above(user)
    if isinstance(user, User) and user.is_active:
        asked |= Q(audience=Audience.GROUP, group__in=own_groups(user))
        if is_deputy(user):
            asked |= Q(audience=Audience.DEPUTIES) & level_with(user, "area")
    shown = Q(state__in=TABLE.in_group("public")) & asked
    return Questionnaire.objects.filter(shown | Q(pk__in=kept_by(user).values("pk")))


def open_to(user: Asker, now: datetime) -> QuerySet[Questionnaire]:
    """Return what is open now and `user` may read, what ends first before the rest."""
    rows = questionnaires_visible_to(user).filter(state=Status.OPEN, opens_at__lte=now, closes_at__gt=now)
    return rows.select_related("area").order_by("closes_at", "pk")


def is_asked(user: Asker, questionnaire: Questionnaire) -> bool:
    """Tell whether `user` is one of those who are asked; who has a printed code shows it with the answers."""
    if questionnaire.audience in OPENLY:
        return True
    if not isinstance(user, User) or not user.is_active:
        return False
    if questionnaire.audience == Audience.GROUP:
        return own_groups(user).filter(pk=questionnaire.group_id or 0).exists()
    rows = Questionnaire.objects.filter(level_with(user, "area"), pk=questionnaire.pk)
    return is_deputy(user) and rows.exists()
