"""Making a report: read, compose, write. The command and the background job both end here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from reporting.quarterly.blocks import Document
from reporting.quarterly.compose import compose
from reporting.quarterly.docx import write_docx
from reporting.quarterly.facts import Facts, gather
from reporting.quarterly.pdf import write_pdf
from reporting.quarterly.xlsx import write_xlsx
from river_monitoring.standard.averages import Span

WRITERS: dict[str, Callable[[Document, Facts], bytes]] = {
    "pdf": lambda document, facts: write_pdf(document),
    "docx": lambda document, facts: write_docx(document),
    "xlsx": write_xlsx,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report that is read and composed, to be written in any format."""

    facts: Facts
    document: Document

    def write(self, suffix: str) -> bytes:
        """Write the file of a suffix (without a dot). Raises BadInput for an unknown one."""
        if suffix not in WRITERS:
            known = {"known": "、".join(WRITERS)}
            raise BadInput(_("报告只有这些格式：%(known)s。") % known, code="unknown-format")
        with translation.override(settings.LANGUAGE_CODE):
            return WRITERS[suffix](self.document, self.facts)


def prepare(span: Span, today: date | None = None) -> Prepared:
    """Gather and compose. The report is in the site's own language, whoever asks for it."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = gather(span, today)
        return Prepared(facts, compose(facts))
