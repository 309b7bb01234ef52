"""The pages of a table of many: the table as a form, its save, the spreadsheet out, and its preview on the way in."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from geokit.refusal import BadInput, FieldError, Refusal, StaleEdit
from ui.downloads import file_response
from ui.forms.refusable import whole_number
from ui.many_rows import workbook
from ui.many_rows.cells import A_DAY, day_text
from ui.many_rows.saving import save_rows
from ui.many_rows.sheet import Sheet
from ui.many_rows.table import Column, Edit, Pick, Result, Row, default_pick
from ui.pagination import page_of
from ui.refusals import BAD_FORM, status_of

PAGE_SIZE = 60
MOST_WORDS = 5
ORDER = {"conflict": 0, "refused": 1, "saved": 2, "unchanged": 3}


@dataclass(frozen=True)
class Place:
    """Where a room shows its tables."""

    sheets: Mapping[str, Sheet]
    page: Callable[[str], str]
    """The address of a table by its name."""
    xlsx: Callable[[str], str]
    """The address of its workbook."""
    title: Any
    above: Callable[[], tuple[Any, str]]
    """The page that this one belongs to: its name and address."""
    stem: str
    """How the name of the workbook begins."""
    tileset: str
    """What the map draws anew when rows were saved."""
    spend_preview: Callable[[Any], Any]
    """Counts a workbook that a person sends to be compared, which costs as much as to save it. Raises TooMany."""

    def sheet(self, name: str) -> Sheet:
        """Return the table of that name. Raises Http404."""
        try:
            return self.sheets[name]
        except KeyError:
            raise Http404 from None


class TableSearch(forms.Form):
    """Which rows of a table: by words, by the choices of its filters, and only what is still to be done."""

    q = forms.CharField(label=_lazy("按名称、编号等查找"), required=False, max_length=60)
    open = forms.BooleanField(label=_lazy("只看没有完成的"), required=False)

    def __init__(self, data: Any, sheet: Sheet, user: Any) -> None:
        super().__init__(data)
        self.sheet = sheet
        for one in sheet.filters:
            if choices := one.choices(user):
                choices = [("", _("全部")), *choices]
                self.fields[one.key] = forms.ChoiceField(label=one.label, choices=choices, required=False)

    @property
    def chosen(self) -> list[forms.BoundField]:
        """The fields of the table's own filters."""
        return [self[one.key] for one in self.sheet.filters if one.key in self.fields]

    def narrow(self, things: QuerySet[Any]) -> QuerySet[Any]:
        """Return what was asked for; a choice that is none narrows nothing."""
        self.is_valid()
        given = self.cleaned_data
        for word in (given.get("q") or "").split()[:MOST_WORDS]:
            things = things.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in self.sheet.search)))
        for one in self.sheet.filters:
            if value := given.get(one.key):
                things = things.filter(one.condition(value))
        return things.filter(self.sheet.is_open) if given.get("open") else things


@dataclass(frozen=True)
class Cell:
    """A cell as it is drawn: what is typed in it, what it was, and after a conflict the text of the other person."""

    column: Column
    value: str
    base: str
    choices: list[tuple[str, str]]
    closed: bool
    errors: list[str]
    theirs: str | None = None
    pick: Pick | None = None

    @property
    def day_like(self) -> str:
        """How a day is written here."""
        return day_text(A_DAY)

    @property
    def is_dirty(self) -> bool:
        return self.value.strip() != self.base.strip()

    @property
    def base_label(self) -> str:
        return next((label for value, label in self.choices if value == self.base), self.base)

    @property
    def theirs_label(self) -> str:
        return next((label for value, label in self.choices if value == self.theirs), self.theirs or "")


@dataclass(frozen=True)
class Line:
    """A row as it is drawn, with what became of it."""

    row: Row
    cells: list[Cell]
    result: Result | None

    @property
    def outcome(self) -> str:
        return self.result.outcome if self.result else ""

    @property
    def messages(self) -> list[str]:
        """Errors that belong to no cell."""
        keys = {cell.column.key for cell in self.cells}
        return [error.message for error in self.result.errors if error.field not in keys] if self.result else []


def update(request: HttpRequest, place: Place, name: str) -> HttpResponse:
    """The table; a file that is sent is shown as differences first and counts only when they are saved."""
    sheet = place.sheet(name)
    if request.method != "POST":
        return _page(request, place, sheet)
    if "file" in request.FILES:
        return _preview(request, place, sheet)
    if "save" in request.POST:
        return _save(request, place, sheet)
    return _page(request, place, sheet, refused=_("请先选择改好的表格文件。"), status=BAD_FORM)


def download(request: HttpRequest, place: Place, name: str) -> HttpResponse:
    """The table, narrowed as the page is, as a workbook."""
    sheet = place.sheet(name)
    things = TableSearch(request.GET, sheet, request.user).narrow(sheet.things(request.user))
    rows = sheet.rows(request.user, things[: workbook.MAX_ROWS])
    answer = file_response(
        workbook.write(sheet, rows, sheet.listed(request.user)),
        f"{place.stem}-{name}-{timezone.localdate():%Y%m%d}.xlsx",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


def _save(request: HttpRequest, place: Place, sheet: Sheet) -> HttpResponse:
    edits = edits_of(sheet, request.POST)
    results = save_rows(sheet, edits, request.user)
    counts = Counter(result.outcome for result in results)
    if counts["saved"]:
        words = ngettext("已更新 %(n)d 行。", "已更新 %(n)d 行。", counts["saved"]) % {"n": counts["saved"]}
        messages.success(request, words)
    if not counts["conflict"] and not counts["refused"]:
        if not counts["saved"]:
            messages.info(request, _("没有改动。"))
        answer: HttpResponse = redirect(place.page(sheet.name))
    else:
        kept = [result for result in results if result.outcome != "unchanged"]
        why = StaleEdit("") if counts["conflict"] else BadInput("")
        answer = _page(request, place, sheet, kept, status=status_of(why))
    answer["HX-Trigger"] = json.dumps({"entity-changed": place.tileset})
    return answer


def _preview(request: HttpRequest, place: Place, sheet: Sheet) -> HttpResponse:
    file: Any = request.FILES["file"]  # one file: the field takes no more

    def rows_of(keys: list[int]) -> dict[int, Row]:
        return {row.pk: row for row in sheet.rows(request.user, sheet.things(request.user).filter(pk__in=keys))}

    try:
        place.spend_preview(request.user)
        edits = workbook.read(sheet, file.name or "", file.read(workbook.MAX_BYTES + 1), rows_of)
    except Refusal as refusal:
        return _page(request, place, sheet, refused=refusal.message, status=status_of(refusal))
    results = save_rows(sheet, [edit for edit in edits if edit.changed], request.user, dry_run=True)
    return _page(request, place, sheet, results, preview=True)


def edits_of(sheet: Sheet, given: Mapping[str, Any]) -> list[Edit]:
    """The edits that a form brings: `v-`, `b-` and `c-` are version, text as read and text as typed."""
    edits = []
    for name in given:
        if name.startswith("v-") and (pk := whole_number(name[2:])) and (version := whole_number(given[name])):
            edits.append(_edit(sheet, pk, version, given))
    return edits


def _edit(sheet: Sheet, pk: int, version: int, given: Mapping[str, Any]) -> Edit:
    base, values, unresolved = {}, {}, set()
    for column in sheet.columns:
        key = column.key
        base[key] = given.get(f"b-{pk}-{key}", "").replace("\r\n", "\n")
        values[key] = given.get(f"c-{pk}-{key}", base[key]).replace("\r\n", "\n")
        if f"t-{pk}-{key}" in given:  # somebody else's text was shown beside mine
            pick = given.get(f"p-{pk}-{key}")
            if pick == "theirs":
                values[key] = base[key]
            elif pick != "mine":
                unresolved.add(key)
    return Edit(pk, version, base, values, frozenset(unresolved))


def _page(
    request: HttpRequest,
    place: Place,
    sheet: Sheet,
    results: Sequence[Result] | None = None,
    *,
    preview: bool = False,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    things, search = sheet.things(request.user), TableSearch(request.GET, sheet, request.user)
    total, page = things.count(), None
    if results is None:
        page = page_of(request, search.narrow(things), PAGE_SIZE)
        lines = [_line(sheet, row, None) for row in sheet.rows(request.user, page)]
    else:
        by_pk = {result.edit.pk: result for result in results}
        rows = sheet.rows(request.user, things.filter(pk__in=by_pk))
        lines = [_line(sheet, row, by_pk[row.pk]) for row in rows]
        lines.sort(key=lambda line: ORDER[line.outcome])
    gone = [result for result in results or () if result.edit.pk not in {line.row.pk for line in lines}]
    context = {
        "sheet": sheet,
        "title": place.title,
        "above": place.above(),
        "address": place.page(sheet.name),
        "xlsx": place.xlsx(sheet.name),
        "tabs": [(one, place.page(one.name)) for one in place.sheets.values()] if len(place.sheets) > 1 else [],
        "lines": lines,
        "page": page,
        "total": total,
        "search": search,
        "lists": sheet.listed(request.user).items(),
        "preview": preview,
        "results": results,
        "counts": Counter(result.outcome for result in results or ()),
        "gone": [error.message for result in gone for error in result.errors],
        "refused": refused,
    }
    return render(request, "ui/many_rows/table.html", context, status=status)


def _line(sheet: Sheet, row: Row, result: Result | None) -> Line:
    return Line(row, [_cell(sheet, column, row, result) for column in sheet.columns], result)


def _cell(sheet: Sheet, column: Column, row: Row, result: Result | None) -> Cell:
    """A cell as it stands; of a row that was not saved, with what was typed, over the newest text."""
    key, now = column.key, row.cells[column.key]
    choices, closed = row.choices.get(key, []), key in row.closed
    errors: tuple[FieldError, ...] = result.errors if result else ()
    messages_of_cell = [error.message for error in errors if error.field == key]
    written_already = result is not None and result.outcome == "saved" and row.version != result.edit.version
    if result is None or written_already:
        return Cell(column, now, now, choices, closed, messages_of_cell)
    mine = result.edit.values.get(key, now)
    if column.kind == "choice" and mine not in dict(choices):
        # A step that was open when the row was read and is not any more: still shown as what was wanted.
        choices = [*choices, (mine, str(sheet.labels().get(mine, mine)))]
    conflict = result.outcome == "conflict"
    if conflict and mine != now and (mine != result.edit.base.get(key) or key in result.edit.unresolved):
        pick = None if key in result.edit.unresolved else default_pick(result.edit, key, now)
        return Cell(column, mine, now, choices, closed, messages_of_cell, theirs=now, pick=pick)
    return Cell(column, now if conflict else mine, now, choices, closed, messages_of_cell)
