"""Accounts by the sheet, in and out: CSV (UTF-8, GB18030), XLSX. A row is invited, changed, as it was, or refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.directory.models import Area, Department, Role, User
from accounts.people import services
from accounts.people.credentials.handover import open_handover
from accounts.people.permissions import may_keep_people, people_visible_to
from accounts.people.services import Particulars
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ui.sheets import SheetLimits, SheetRow, read_sheet
from ui.text.labels import labels_of

Outcome = Literal["invited", "changed", "unchanged", "refused"]
LIMITS = SheetLimits(bytes=2 * 1024**2, inflated=50 * 1024**2, rows=2000)
HEADS = {
    "username": ("账号", "username", "用户名"),
    "display_name": ("姓名", "name", "display_name"),
    "role": ("角色", "role"),
    "department": ("部门", "department"),
    "area": ("区域", "area", "镇街"),
    "email": ("邮箱", "email"),
}
NEEDED = ("username", "display_name", "role")


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row; `waits` where a second officer gives out the new account's link."""

    number: int
    username: str
    outcome: Outcome
    errors: tuple[FieldError, ...] = ()
    waits: bool = False


def read(name: str, content: bytes) -> list[SheetRow]:
    """Rows of a file. Raises BadInput for one that is no such table, TooLarge for one over its limits."""
    heads = {word: field for field, words in HEADS.items() for word in words}
    return read_sheet(name, content, heads, NEEDED, LIMITS)


def load(actor: Any, rows: Iterable[SheetRow], *, dry_run: bool = False) -> list[RowResult]:
    """Take in all rows in one transaction; a refused row costs no other. With `dry_run` nothing stays."""
    if not may_keep_people(actor):
        raise NotPermitted(_("账号由人大工作人员和管理员管理。"))
    with transaction.atomic():
        results = [_take(actor, row) for row in rows]
        if dry_run:
            transaction.set_rollback(True)
    return results


def _take(actor: Any, row: SheetRow) -> RowResult:
    username = row["username"]
    try:
        with transaction.atomic():
            known = people_visible_to(actor).filter(username=username).first()
            return _write(actor, row.number, username, known, _particulars(row, known))
    except Refusal as refusal:
        errors = tuple(refusal.errors) or (FieldError("", refusal.code, refusal.message),)
        return RowResult(row.number, username, "refused", errors)


def _write(actor: Any, number: int, username: str, known: User | None, given: Particulars) -> RowResult:
    if known is None:
        user, _link = services.invite(actor, username, given)
        return RowResult(number, username, "invited", waits=open_handover(user) is not None)
    before = services.version_of(known)
    user = services.change(actor, known.pk, given, before)
    return RowResult(number, username, "unchanged" if services.version_of(user) == before else "changed")


def _particulars(row: SheetRow, known: User | None) -> Particulars:
    """What a row says; a column that the sheet has not leaves what is known as it is."""
    role = next((role for role in Role if row["role"] in (role.value, str(role.label))), None)
    if role is None:
        names = "、".join(str(role.label) for role in Role)
        raise _refused("role", _("没有“%(role)s”这个角色，应为%(known)s。") % {"role": row["role"], "known": names})
    department, area = (known.department, known.area) if known else (None, None)
    if "department" in row:
        department = _one(Department, row["department"], "department", "code", "name", "short_name")
    if "area" in row:
        area = _one(Area, row["area"], "area", "code", "name")
    email = row["email"] if "email" in row or known is None else known.email
    return Particulars(row["display_name"], role, department, area, email)


def _one(model: Any, word: str, field: str, *names: str) -> Any:
    """The row that `word` names; a name that two rows have needs its code."""
    if not word:
        return None
    matching = Q()
    for name in names:
        matching |= Q(**{name: word})
    found = list(model.objects.filter(matching)[:2])
    if len(found) != 1:
        message = _("没有找到“%s”。") if not found else _("叫“%s”的不止一个，请写代码。")
        raise _refused(field, message % word)
    return found[0]


def _refused(field: str, message: str) -> BadInput:
    return BadInput(message, errors=[FieldError(field, "unknown", message)])


def rows_of(people: QuerySet[User]) -> Iterator[list[str]]:
    """The list as rows of a file that `read` takes in again, its head first."""
    yield [words[0] for words in HEADS.values()] + ["在用"]
    roles = labels_of(Role.choices)
    fields = ("username", "display_name", "role", "department__code", "area__code", "email", "is_active")
    for username, name, role, department, area, email, is_active in people.values_list(*fields).iterator():
        yield [username, name, roles[role], department or "", area or "", email, "1" if is_active else "0"]
