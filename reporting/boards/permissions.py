"""Who opens a board, and who makes one."""

from django.db.models import QuerySet

from accounts.models import Role
from accounts.permissions import ANONYMOUS, Asker, has_role, is_district_staff, role_of
from reporting.boards.models import Board


def boards_visible_to(user: Asker) -> QuerySet[Board]:
    """Public boards for everybody, inner ones for whoever is signed in, the rest for congress staff and deputies."""
    readers = [Board.Readers.PUBLIC]
    if role_of(user) != ANONYMOUS:
        readers.append(Board.Readers.INSIDE)
    if has_role(user, Role.STAFF, Role.DEPUTY):
        readers.append(Board.Readers.STAFF)
    return Board.objects.filter(readers__in=readers)


def may_keep_boards(user: Asker) -> bool:
    """Tell whether `user` makes and changes boards: the district's congress staff."""
    return is_district_staff(user)
