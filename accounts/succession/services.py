"""Hand on what waits for a person who leaves: a list of what moves and what stays, then all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.levels import districts
from accounts.directory.models import Role, User
from accounts.notices import notify
from accounts.people import services as people
from accounts.people.permissions import people_visible_to
from accounts.permissions import is_deputy, reach_of
from accounts.succession.definition import Belonging, declared
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from ledger import audit

MOST = 2_000
"""Things that one hand-over moves; more is done in several."""


@dataclass(frozen=True, slots=True)
class Moving:
    """One thing: `stays` says why it does not move, empty where it does."""

    belonging: Belonging
    row: Any
    stays: str = ""

    @property
    def words(self) -> str:
        return self.belonging.words(self.row)

    @property
    def url(self) -> str:
        return self.belonging.url(self.row)

    @property
    def mark(self) -> str:
        """The thing and what becomes of it, for telling whether a list has changed."""
        return f"{self.belonging.kind}:{self.row.pk}:{bool(self.stays)}"


@dataclass(frozen=True, slots=True)
class Group:
    """The things of one kind."""

    title: Any
    note: Any
    things: Sequence[Moving]


def successors(actor: Any, leaver: User) -> QuerySet[User]:
    """Return whom her things may go to: in use, kept by `actor`, of the same role and department, and of her district.

    Where there are several, that is who knows the same inside: what she had in hand would show another's.
    """
    found = people_visible_to(actor).filter(is_active=True, role=leaver.role).exclude(pk__in=(leaver.pk, actor.pk))
    if leaver.role == Role.OFFICER:
        found = found.filter(department=leaver.department)
    reach = reach_of(leaver) if districts().several else None
    if reach is not None:
        found = found.filter(pk__in=[one.pk for one in found if (own := reach_of(one)) is None or own.pk == reach.pk])
    return found.order_by("display_name", "username")


def colleagues(leaver: User) -> int:
    """How many others see what waits for her department, or of the staff for her area or the whole district."""
    others = User.objects.filter(is_active=True, is_service=False, role=leaver.role).exclude(pk=leaver.pk)
    if leaver.role == Role.OFFICER:
        others = others.filter(department=leaver.department)
    elif leaver.role == Role.STAFF:
        others = others.filter(area=leaver.area) | others.filter(area=None)
    return others.count()


def groups(leaver: User, successor: User | None, *, is_double: bool = False) -> list[Group]:
    """Return what she has in hand, with what would move to `successor`."""
    found: list[Group] = []
    follows = is_double and successor is not None and _seat_goes(leaver, successor)
    for belonging in declared():
        if belonging.of_the_person and not is_double:
            continue
        rows = belonging.rows(leaver)[: MOST + 1]
        judged = None if follows and not belonging.of_the_person else successor
        if things := [_moving(belonging, row, judged) for row in rows]:
            found.append(Group(belonging.title, belonging.note, things))
    return found


def _seat_goes(leaver: User, successor: User) -> bool:
    """Tell whether what makes her a deputy goes to her other account, and with it what only a deputy can take."""
    own = [(one, row) for one in declared() if one.of_the_person for row in one.rows(leaver)]
    return bool(own) and not any(one.obstacle(row, successor) for one, row in own)


def _moving(belonging: Belonging, row: Any, successor: User | None) -> Moving:
    if belonging.give is None:
        return Moving(belonging, row, str(belonging.note))
    return Moving(belonging, row, belonging.obstacle(row, successor) if successor is not None else "")


def seen(found: Sequence[Group]) -> str:
    """A digest of the list, which the form carries: what is confirmed is what was shown."""
    marks = "\n".join(thing.mark for group in found for thing in group.things)
    return salted_hmac("accounts.succession", marks, algorithm="sha256").hexdigest()[:20]


@transaction.atomic
def hand_over(
    actor: Any, leaver_id: int, successor_id: int, *, digest: str, is_double: bool = False, close: bool = False
) -> tuple[int, int]:
    """Move everything that can go to the successor, each with its event; return how many moved and how many stay.

    With `is_double` both accounts are one person's: her seat goes too, and the first account is closed. That is not
    undone: what she did stays under the name it was done in. Raises NotPermitted, BadInput, StaleEdit.
    """
    leaver, successor = _both(actor, leaver_id, successor_id)
    found = groups(leaver, successor, is_double=is_double)
    if digest != seen(found):
        raise StaleEdit(_("“%s”名下的事项在您打开页面之后有变化，请看过再确认。") % leaver)
    things = [thing for group in found for thing in group.things]
    if len(things) > MOST:
        raise BadInput(_("一次最多交接 %d 项，请先办结一些。") % MOST, code="too-many")
    moving = [thing for thing in things if not thing.stays]
    for thing in moving:
        assert thing.belonging.give is not None  # noqa: S101 - otherwise it stays
        thing.belonging.give(actor, thing.row, leaver, successor)
    counts = {"moved": len(moving), "stayed": len(things) - len(moving)}
    entry = audit.record(
        actor, "person-merged" if is_double else "person-handed-over", leaver, to=successor.pk, **counts
    )
    _tell(successor, leaver, len(moving), entry.pk)
    if close or is_double:
        people.close(actor, leaver.pk)
    return counts["moved"], counts["stayed"]


def _both(actor: Any, leaver_id: int, successor_id: int) -> tuple[User, User]:
    """The two accounts, locked. Raises NotPermitted, BadInput."""
    locked = {one.pk: one for one in people_visible_to(actor).select_for_update(of=("self",)).order_by("pk")
              .filter(pk__in=(leaver_id, successor_id))}  # fmt: skip
    leaver = locked.get(leaver_id)
    if leaver is None:
        raise NotPermitted(_("没有这个账号。"))
    if actor.pk in (leaver_id, successor_id):
        raise NotPermitted(_("自己的事项请由另一位管理人员交接，也不能交接给自己。"))
    successor = locked.get(successor_id)
    if successor is None or not successors(actor, leaver).filter(pk=successor_id).exists():
        raise BadInput(_("请选择同一角色、在用的接替人。"), code="no-successor")
    return leaver, successor


def _tell(successor: User, leaver: User, moved: int, entry: int) -> None:
    if moved:
        title = format_lazy(gettext_lazy("{name} 的 {n} 件事项交给您"), name=str(leaver), n=moved)
        notify([successor], "account-handed-over", title, "", "/work/", key=f"handed-over:{entry}")


def sits_or_not(row: Any, successor: User) -> str:
    """The obstacle of what only a deputy can take."""
    return "" if is_deputy(successor) else _("接替人不是代表。")
