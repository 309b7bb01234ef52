"""Who opens a board, and who makes one."""

from django.db.models import Q, QuerySet

from accounts.looking import shown_with_above
from accounts.models import Role
from accounts.permissions import ANONYMOUS, Asker, has_role, inside, is_district_staff, reach_of, role_of
from reporting.boards.models import Board


def boards_visible_to(user: Asker) -> QuerySet[Board]:
    """Public boards for everybody, inner ones for whoever is signed in, the rest for congress staff and deputies.

    An inner board of one district is for its people; one that names none is for those of all districts, and each reads
    in it the values of her own.
    """
    readers = []
    if role_of(user) != ANONYMOUS:
        readers.append(Board.Readers.INSIDE)
    if has_role(user, Role.STAFF, Role.DEPUTY):
        readers.append(Board.Readers.STAFF)
    inner = Q(readers__in=readers)
    if reach_of(user) is not None:
        inner &= Q(area=None) | inside(user)
    public = Q(readers=Board.Readers.PUBLIC) & shown_with_above(user)
    return Board.objects.filter(public | inner)


def may_keep_boards(user: Asker) -> bool:
    """Tell whether `user` makes and changes boards: the district's congress staff."""
    return is_district_staff(user)
