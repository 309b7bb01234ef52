"""Accounts by the sheet, in and out: CSV (UTF-8, GB18030), XLSX. A row is invited, changed, as it was, or refused."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter import Workbook

from accounts.directory.models import Area, Department, Role, User
from accounts.people import services
from accounts.people.permissions import may_keep_people, people_visible_to
from accounts.people.services import Particulars
from geokit.readers.xlsx_reader import cell_text
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from geokit.sources.unzip import Limits, check_workbook
from ui.downloads import csv_text, plain_cell

Outcome = Literal["invited", "changed", "unchanged", "refused"]
MAX_BYTES, MAX_INFLATED, MAX_ROWS = 2 * 1024**2, 50 * 1024**2, 2000
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
    """What became of a row; `link` is the invitation of a new account, shown this once."""

    number: int
    username: str
    outcome: Outcome
    errors: tuple[FieldError, ...] = ()
    link: str = ""


def read(name: str, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Rows by their number in the sheet, cells by field. Raises BadInput for a file that is no such table."""
    if len(content) > MAX_BYTES:
        raise BadInput(_("文件“%s”超过 2 MB。") % name, code="sheet-too-large")
    head, *body = _workbook(name, content) if content.startswith(b"PK\x03\x04") else _csv(name, content)
    columns = _columns(head)
    filled = [(number, row) for number, row in enumerate(body, start=2) if any(cell.strip() for cell in row)]
    if not filled:
        raise BadInput(_("表格里没有数据行。"), code="sheet-empty")
    if len(filled) > MAX_ROWS:
        raise BadInput(_("表格有 %(rows)d 行，一次最多 %(most)d 行。") % {"rows": len(filled), "most": MAX_ROWS})
    return [(number, {field: _cell(row, index) for field, index in columns.items()}) for number, row in filled]


def load(actor: Any, rows: Iterable[tuple[int, dict[str, str]]], *, dry_run: bool = False) -> list[RowResult]:
    """Take in all rows in one transaction; a refused row costs no other. With `dry_run` nothing stays."""
    if not may_keep_people(actor):
        raise NotPermitted(_("账号由人大工作人员和管理员管理。"))
    with transaction.atomic():
        results = [_take(actor, number, cells) for number, cells in rows]
        if dry_run:
            transaction.set_rollback(True)
    return results


def _take(actor: Any, number: int, cells: dict[str, str]) -> RowResult:
    username = cells["username"]
    try:
        with transaction.atomic():
            known = people_visible_to(actor).filter(username=username).first()
            return _write(actor, number, username, known, _particulars(cells, known))
    except Refusal as refusal:
        errors = tuple(refusal.errors) or (FieldError("", refusal.code, refusal.message),)
        return RowResult(number, username, "refused", errors)


def _write(actor: Any, number: int, username: str, known: User | None, given: Particulars) -> RowResult:
    if known is None:
        _user, link = services.invite(actor, username, given)
        return RowResult(number, username, "invited", link=link)
    before = services.version_of(known)
    user = services.change(actor, known.pk, given, before)
    return RowResult(number, username, "unchanged" if services.version_of(user) == before else "changed")


def _particulars(cells: dict[str, str], known: User | None) -> Particulars:
    """What a row says; a column that the sheet has not leaves what is known as it is."""
    role = next((role for role in Role if cells["role"] in (role.value, str(role.label))), None)
    if role is None:
        names = "、".join(str(role.label) for role in Role)
        raise _refused("role", _("没有“%(role)s”这个角色，应为%(known)s。") % {"role": cells["role"], "known": names})
    department, area = (known.department, known.area) if known else (None, None)
    if "department" in cells:
        department = _one(Department, cells["department"], "department", "code", "name", "short_name")
    if "area" in cells:
        area = _one(Area, cells["area"], "area", "code", "name")
    email = cells.get("email", known.email if known else "")
    return Particulars(cells["display_name"], role, department, area, email)


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


def _columns(head: Sequence[str]) -> dict[str, int]:
    heads = [cell.strip().lower() for cell in head]
    found = {
        field: next((index for index, name in enumerate(heads) if name in words), None)
        for field, words in HEADS.items()
    }
    if missing := [HEADS[field][0] for field in NEEDED if found[field] is None]:
        raise BadInput(_("表头里没有“%s”这一列。") % _("、").join(missing), code="sheet-head")
    return {field: index for field, index in found.items() if index is not None}


def _cell(row: Sequence[str], index: int) -> str:
    """A cell as it was meant: the apostrophe that our own export puts before a formula's sign is not part of it."""
    text = row[index].strip() if index < len(row) else ""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _csv(name: str, content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), strict=True)) or [[]]
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise BadInput(_("表格里的引号不成对，读不下去。"), code="sheet-unreadable") from error
    raise BadInput(_("“%s”不是 XLSX，也不是 UTF-8 或 GB18030 编码的 CSV。") % name, code="sheet-unreadable")


def _workbook(name: str, content: bytes) -> list[list[str]]:
    """The first sheet. The workbook is looked through as a zip before a library opens it."""
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        check_workbook(Path(file.name), Limits(workbook_bytes=MAX_INFLATED))
    try:
        cells = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return [[cell_text(cell) for cell in row] for row in cells.to_python(nrows=MAX_ROWS + 2)] or [[]]
    except (CalamineError, OSError, IndexError) as error:
        raise BadInput(_("“%s”打不开：文件已损坏或不是 XLSX。") % name, code="sheet-unreadable") from error


def write(people: Iterable[User], extension: str) -> bytes:
    """The list as a file that `read` takes in again; `extension` csv or xlsx."""
    rows = [[words[0] for words in HEADS.values()] + ["在用"], *(_row(user) for user in people)]
    return csv_text(rows).encode() if extension == "csv" else _xlsx(rows)


def _row(user: User) -> list[str]:
    return [
        user.username, user.display_name, str(user.get_role_display()), user.department.code if user.department else "",
        user.area.code if user.area else "", user.email, "1" if user.is_active else "0",
    ]  # fmt: skip


def _xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(number, column, str(plain_cell(value)))
    book.close()
    return out.getvalue()
