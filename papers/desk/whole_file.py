"""The whole file of a paper as one PDF: text, signatures, places, story, answers, sealed scans, proof."""

import io
from dataclasses import dataclass
from typing import Any

import pypdfium2
from django.template.loader import render_to_string
from django.utils import timezone

from ledger.filestore.responses import opened
from ledger.models import ChainLink
from papers.desk.story import story
from papers.handling.models import SealedScan, SignedAnswer
from papers.register.models import Paper

TEMPLATE = "papers/whole_file.html"


@dataclass(frozen=True)
class Proof:
    """One version of one row of the paper in the chain of evidence."""

    table: str
    row: int
    at: Any
    digest: str


def write(paper: Paper) -> bytes:
    """Return the PDF. Raises FileLost and FileDamaged where a scan is not what the chain says of it."""
    from ui.printing import print_pdf

    answers = SignedAnswer.objects.filter(handling__paper=paper, scan__isnull=False)
    answers = answers.select_related("handling__department", "scan").order_by("signed_on", "pk")
    context = {
        "paper": paper,
        "signers": paper.signatories.filter(left_at=None).select_related("member__person"),
        "places": paper.places.select_related("area"),
        "files": paper.files.all(),
        "handlings": paper.handlings.select_related("department"),
        "answers": answers,
        "story": story(paper, inner=True),
        "proofs": proofs(paper),
        "made_at": timezone.localtime(),
    }
    return _with_scans(print_pdf(render_to_string(TEMPLATE, context)), [answer.scan for answer in answers])


def proofs(paper: Paper) -> list[Proof]:
    """Return the links of every row that the paper's history is made of, the newest link of each row."""
    rows = {
        "papers_paper": [paper.pk],
        "papers_paperversion": list(paper.versions.values_list("pk", flat=True)),
        "papers_paperevent": list(paper.events.values_list("pk", flat=True)),
        "papers_signatory": list(paper.signatories.values_list("pk", flat=True)),
        "papers_paperfile": list(paper.files.values_list("pk", flat=True)),
    }
    answers = SignedAnswer.objects.filter(handling__paper=paper)
    rows |= {
        "papers_handling": list(paper.handlings.values_list("pk", flat=True)),
        "papers_handlingevent": list(paper.handlings.filter(events__isnull=False).values_list("events", flat=True)),
        "papers_signedanswer": list(answers.values_list("pk", flat=True)),
        "papers_sealedscan": list(SealedScan.objects.filter(answer__in=answers).values_list("pk", flat=True)),
    }
    return [
        Proof(table, link.row_id, link.at, bytes(link.digest).hex())
        for table, keys in rows.items()
        for link in ChainLink.objects.filter(table_name=table, row_id__in=keys)
        .order_by("row_id", "-pk")
        .distinct("row_id")
    ]


def _with_scans(front: bytes, scans: list[SealedScan]) -> bytes:
    """Put the sealed PDFs behind; an OFD is named in the list of answers with its SHA-256."""
    whole = pypdfium2.PdfDocument(front)
    for scan in scans:
        if scan.kind == "pdf":
            with opened(scan.file) as file:
                whole.import_pages(pypdfium2.PdfDocument(file.read()))
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()
