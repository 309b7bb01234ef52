"""Texts of people that stand in reports from one to the next: who writes them, who signs them, which are printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted, StaleEdit, refuse
from ledger import audit
from ledger.actors import account_of
from reporting.quarterly.models import Kind, ReportText
from reporting.quarterly.permissions import may_order
from ui.field_checks import check_fields

PREFACE, PROPOSALS = "preface", "proposals"
CHAPTERS: Mapping[str, object] = {
    "overview": gettext_lazy("总体情况"),
    "river": gettext_lazy("河道水质"),
    "rectification": gettext_lazy("劣Ⅴ类水点位治理"),
    "projects": gettext_lazy("民生实事项目"),
    "suggestions": gettext_lazy("代表建议办理"),
}
"""Chapters that a text may open, by their anchor."""
SLOTS: Mapping[str, object] = {
    PREFACE: gettext_lazy("前言"),
    **CHAPTERS,
    PROPOSALS: gettext_lazy("下一步工作建议"),
}
SPAN = "{时段}"
"""Stands for what the report is about."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A place for a text: what is printed now, and what waits for its second signature."""

    kind: str
    slot: str
    title: object
    printed: ReportText | None
    draft: ReportText | None

    @property
    def newest(self) -> ReportText | None:
        return self.draft or self.printed


def slots_of(kind: str) -> dict[str, object]:
    """The places for texts in a kind of report; a session's pack has no chapters of our own."""
    return {slot: title for slot, title in SLOTS.items() if kind != Kind.SESSION or slot not in CHAPTERS}


def printed_texts(kind: str, about: str) -> dict[str, str]:
    """The texts that a report of `kind` prints: of each place the newest that two people stand for."""
    signed = ReportText.objects.filter(kind=kind, signed_by__isnull=False).order_by("slot", "-number")
    found = signed.distinct("slot").values_list("slot", "text")
    return {slot: text.replace(SPAN, about) for slot, text in found if text}


def standings(kind: str) -> list[Standing]:
    """All places for texts of a kind, in their order."""
    rows = ReportText.objects.filter(kind=kind).select_related("written_by", "signed_by")
    newest = {row.slot: row for row in rows.order_by("slot", "-number").distinct("slot")}
    signed = {
        row.slot: row for row in rows.filter(signed_by__isnull=False).order_by("slot", "-number").distinct("slot")
    }
    return [
        Standing(kind, slot, title, signed.get(slot), None if newest.get(slot) == signed.get(slot) else newest[slot])
        for slot, title in slots_of(kind).items()
    ]


def standing_of(kind: str, slot: str) -> Standing | None:
    """One place; None where there is none of that name."""
    return next((each for each in standings(kind) if each.slot == slot), None) if kind in Kind.values else None


@transaction.atomic
def write_text(actor: Asker, kind: str, slot: str, text: str, number: int) -> ReportText:
    """Write the next wording; `number` is that of the one that was seen. Raises NotPermitted, BadInput, StaleEdit."""
    _may(actor)
    if kind not in Kind.values or slot not in slots_of(kind):
        raise BadInput(_("报告里没有这个位置。"), code="unknown-slot")
    rows = ReportText.objects.select_for_update().filter(kind=kind, slot=slot)
    newest = rows.order_by("-number").first()
    _same(newest.number if newest else 0, number)
    if (newest.text if newest else "") == text.strip():
        raise refuse("text", "nothing-new", _("内容没有改动。"))
    row = ReportText(kind=kind, slot=slot, number=number + 1, text=text.strip(), written_by=account_of(actor))
    check_fields(row, "bad-text")
    row.save()
    audit.record(actor, "report-text-written", row, kind=str(kind), slot=slot, number=row.number)
    return row


@transaction.atomic
def sign_text(actor: Asker, pk: int) -> ReportText:
    """Stand for somebody else's wording; from now on reports print it. Raises NotPermitted, BadInput, StaleEdit."""
    _may(actor)
    row = ReportText.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise BadInput(_("没有这一稿。"), code="unknown-text")
    newest = ReportText.objects.filter(kind=row.kind, slot=row.slot).order_by("-number").first()
    _same(newest.number if newest else 0, row.number)
    if row.signed_by_id:
        raise BadInput(_("这一稿已经审签。"), code="signed-already")
    if row.written_by == account_of(actor):
        raise NotPermitted(_("撰写人不能审签自己写的文字，请另一位工作人员审签。"))
    row.signed_by, row.signed_at = account_of(actor), timezone.now()
    row.save(update_fields=["signed_by", "signed_at"])
    audit.record(actor, "report-text-signed", row, kind=row.kind, slot=row.slot, number=row.number)
    return row


def _may(actor: Asker) -> None:
    if not may_order(actor):
        raise NotPermitted(_("报告文字由区人大工作人员撰写和审签。"))


def _same(newest: int, seen: int) -> None:
    if newest != seen:
        raise StaleEdit(_("您打开页面之后，同事写了新的一稿。请看过现在的内容再提交。"))
