"""Papers of the provincial system from a sheet, so that nobody types them twice.

A row is the same as a paper that is here by its number there, or by its title; a paper of that title without a number
takes it. Names are those of the congress's members; an unknown name is an error of the row, not a new deputy.
"""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Congress, Membership, User
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from papers.exchange.columns import FIELDS, heads
from papers.register.changes import keep_version, next_number, sign
from papers.register.models import Paper, Signatory
from papers.register.permissions import is_staff_for
from papers.register.queries import same_as
from papers.register.workflow import write_event
from supervision.models import Category
from ui.sheet_rows import (
    Outcome,
    RowResult,
    choice_value,
    import_rows,
    optional_text,
    parse_day,
    required_text,
    split_names,
)
from ui.sheets import SheetRow, read_sheet

NEEDED = ("title", "lead")


def load(user: Any, congress: Congress, name: str, content: bytes, *, dry_run: bool) -> list[RowResult]:
    """Enter the papers of a sheet. Raises NotPermitted, BadInput and TooLarge; a refused row hinders no other."""
    if not is_staff_for(user, congress):
        raise NotPermitted(_("表格由本级人大工作人员导入。"))
    said = {head.lower(): field for head, field in heads().items()}
    rows = read_sheet(name, content, said, NEEDED)
    results = import_rows(user, rows, lambda actor, row: _row(actor, congress, row), dry_run=dry_run)
    if not dry_run:
        audit.record(user, "import_papers", congress, file=name, rows=len(results))
    return results


def _row(user: User, congress: Congress, row: SheetRow) -> RowResult:
    title = required_text(row, "title", FIELDS, 120)
    outer = optional_text(row, "outer_number", FIELDS, 40)
    known = same_as(congress, title, outer)
    if known is not None and (known.outer_number in ("", outer) or not outer):
        if outer and not known.outer_number:
            known.outer_number = outer
            known.save(update_fields=["outer_number"])
            audit.record(user, "paper-outer_number", known, outer_number=outer)
            return RowResult(row, Outcome.CHANGED, title)
        return RowResult(row, Outcome.SAME, title)
    lead = _member(congress, row, "lead", required_text(row, "lead", FIELDS, 40))
    others = [_member(congress, row, "signers", one) for one in split_names(row["signers"])]
    paper = _paper(user, congress, row, title, outer)
    for member in dict.fromkeys([lead, *others]):
        sign(Signatory.objects.create(paper=paper, member=member, is_lead=member == lead), paper)
    write_event(paper, "registered", user, detail={"outer_number": outer, "row": row.number})
    audit.record(user, "paper-registered", paper, outer_number=outer)
    return RowResult(row, Outcome.STORED, title)


def _paper(user: User, congress: Congress, row: SheetRow, title: str, outer: str) -> Paper:
    day = parse_day(row, "submitted_on") if row["submitted_on"] else timezone.localdate()
    if day > timezone.localdate():
        raise refuse("submitted_on", "in-the-future", _("提交日期不能在今天之后。"))
    paper = Paper(
        congress=congress,
        kind=choice_value(row, "kind", Paper.Kind.choices, FIELDS) if row["kind"] else Paper.Kind.SUGGESTION,
        category=choice_value(row, "category", Category.choices, FIELDS) if row["category"] else Category.GENERAL,
        title=title,
        outer_number=outer,
        state=Paper.State.ACCEPTED,
        submitted_at=_noon(day),
        **{name: optional_text(row, name, FIELDS, 8000) for name in ("facts", "analysis", "request")},
    )
    paper.number = next_number(paper, day.year)
    paper.save()
    keep_version(paper, user)
    return paper


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _member(congress: Congress, row: SheetRow, column: str, name: str) -> Membership:
    """Return the member of that name, or of that certificate's number where two have one name."""
    words = {"name": name, "column": FIELDS[column]}
    found = list(
        Membership.objects.in_force(timezone.localdate()).filter(
            Q(person__name=name) | Q(code=name), congress=congress
        )[:2]
    )
    if not found:
        raise refuse(column, "unknown", _("“%(column)s”里的%(name)s不是本届在任代表。") % words)
    if len(found) > 1:
        raise refuse(column, "ambiguous", _("有两名代表叫%(name)s，请改写代表证号。") % words)
    return found[0]
