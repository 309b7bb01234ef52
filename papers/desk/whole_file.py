"""The whole file of a paper as one PDF: text, signatures, places, evidence, story, answers, opinions, proof; behind it
the sealed scans and the files, as pages or, where they are none, enclosed."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from accounts.permissions import Asker
from ledger.models import ChainLink
from papers.desk.enclosures import Enclosure, as_data, bind
from papers.desk.story import story
from papers.handling.models import HandlingEvent, SealedScan, SignedAnswer
from papers.register.evidence import evidence_for
from papers.register.features import places_shown_to
from papers.register.models import Paper
from papers.register.permissions import signatures_of

TEMPLATE = "papers/whole_file.html"


@dataclass(frozen=True)
class Proof:
    """One version of one row of the paper in the chain of evidence."""

    table: str
    row: int
    at: Any
    digest: str


def write(user: Asker, paper: Paper) -> bytes:
    """Return the PDF for `user`, with the evidence that its own rooms show her, the drafting if she was part of it.

    Raises FileLost and FileDamaged where a scan is not what the chain says of it.
    """
    from ui.printing import print_pdf

    answers = SignedAnswer.objects.filter(handling__paper=paper, scan__isnull=False)
    answers = answers.select_related("handling__department", "scan").order_by("signed_on", "pk")
    shown = evidence_for(user, paper)
    context = {
        "paper": paper,
        "signers": paper.signatories.filter(left_at=None).select_related("member__person"),
        "places": places_shown_to(user, paper.places.select_related("area")),
        "files": paper.files.all(),
        "evidence": [one | {"pictures": _pictures(one["photos"])} for one in shown],
        "unseen": paper.evidence.count() - len(shown),
        "handlings": paper.handlings.select_related("department"),
        "answers": answers,
        "opinions": _opinions(paper),
        "story": story(paper, inner=signatures_of(user).filter(paper=paper).exists()),
        "proofs": proofs(paper),
        "made_at": timezone.localtime(),
    }
    scans = [Enclosure(f"{answer.number}.{answer.scan.kind}", answer.scan.file) for answer in answers]
    files = [Enclosure(file.name, file.file, file.sha256) for file in paper.files.all()]
    return bind(print_pdf(render_to_string(TEMPLATE, context)), [*scans, *files])


def _pictures(photos: list[Any]) -> list[dict[str, str]]:
    return [{"sha256": photo.sha256, "data": as_data(photo.file)} for photo in photos]


def _opinions(paper: Paper) -> list[HandlingEvent]:
    """The opinion sheets: what deputies said of the handling and of its result."""
    rows = HandlingEvent.objects.filter(handling__paper=paper).exclude(handling_rating="", outcome_rating="")
    return list(rows.select_related("actor", "handling__department").order_by("at", "pk"))


def proofs(paper: Paper) -> list[Proof]:
    """Return the links of every row that the paper's history is made of, the newest link of each row."""
    rows = {
        "papers_paper": [paper.pk],
        "papers_paperversion": list(paper.versions.values_list("pk", flat=True)),
        "papers_paperevent": list(paper.events.values_list("pk", flat=True)),
        "papers_signatory": list(paper.signatories.values_list("pk", flat=True)),
        "papers_paperfile": list(paper.files.values_list("pk", flat=True)),
        "papers_paperevidence": list(paper.evidence.values_list("pk", flat=True)),
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
