"""Making a report: read, compose, write. The command and the background job both end here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from papers.models import CongressSession
from reporting.boards.models import Board
from reporting.quarterly.blocks import Document
from reporting.quarterly.chapters.boards import boards_in_report
from reporting.quarterly.compose import compose, compose_pack
from reporting.quarterly.docx import write_docx
from reporting.quarterly.facts import Facts, gather
from reporting.quarterly.models import Kind, QuarterlyReport
from reporting.quarterly.pdf import write_pdf
from reporting.quarterly.texts import printed_texts
from reporting.quarterly.xlsx import write_xlsx
from river_monitoring.standard.averages import Span, span_of
from river_monitoring.wording.quality import span_in_words

WRITERS: dict[str, Callable[[Document, Facts | None], bytes]] = {
    "pdf": lambda document, facts: write_pdf(document),
    "docx": lambda document, facts: write_docx(document),
    "xlsx": write_xlsx,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report that is read and composed, to be written in any format."""

    facts: Facts | None
    """None for a session's pack, which is of no quarter or year."""
    document: Document

    def write(self, suffix: str) -> bytes:
        """Write the file of a suffix (without a dot). Raises BadInput for an unknown one."""
        if suffix not in WRITERS:
            known = {"known": "、".join(WRITERS)}
            raise BadInput(_("报告只有这些格式：%(known)s。") % known, code="unknown-format")
        with translation.override(settings.LANGUAGE_CODE):
            return WRITERS[suffix](self.document, self.facts)


def prepare(span: Span, today: date | None = None, boards: Sequence[Board] = (), reader: Asker = None) -> Prepared:
    """Gather and compose. The report is in the site's own language; boards are as `reader` sees them."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = gather(span, today)
        texts = printed_texts(Kind.YEAR if span.period == "year" else Kind.QUARTER, span_in_words(span))
        return Prepared(facts, compose(facts, texts, boards_in_report(boards, reader, span)))


def prepare_pack(
    session: CongressSession,
    parts: Iterable[str],
    today: date | None = None,
    boards: Sequence[Board] = (),
    reader: Asker = None,
) -> Prepared:
    """Compose the pack for a session; its boards are of the day that it is made on."""
    today = today or timezone.localdate()
    with translation.override(settings.LANGUAGE_CODE):
        shown = boards_in_report(boards, reader, span_of(today, "day"))
        return Prepared(None, compose_pack(session, parts, today, printed_texts(Kind.SESSION, str(session)), shown))


def prepare_ordered(report: QuarterlyReport) -> Prepared:
    """Compose what was ordered. A report that everybody inside may read shows of boards what is public."""
    reader = report.ordered_by if report.is_inner else None
    slugs = report.contents.get("boards", [])
    boards = sorted(Board.objects.filter(slug__in=slugs), key=lambda board: slugs.index(board.slug))
    if report.session is not None:
        return prepare_pack(report.session, report.contents.get("parts", []), boards=boards, reader=reader)
    return prepare(report.span, boards=boards, reader=reader)
