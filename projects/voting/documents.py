"""The certificate (票决结果证书) and the public notice (公告) of a counted vote: PDFs whose digest is in the chain.

Both state the same facts, which are kept beside the file: `contradictions` finds where these are not the count's, the
chain of evidence (`ledger.chain.files`) where the file's bytes are not those that were kept, and anybody can compare a
file in her hands with the digest on the vote's page.
"""

import logging
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import leads
from geokit.refusal import BadInput
from ledger import audit
from projects.voting.checks import may_not_call
from projects.voting.models import VoteCount, VoteDocument, VoteSession
from projects.voting.queries import lines_of
from projects.voting.services import rules_of
from projects.voting.tally import needed_votes
from ui.printing import print_pdf

log = logging.getLogger(__name__)
MOST_AT_ONCE = 5
"""Votes of one run that get their documents."""
TEMPLATE = "projects/votes/document.html"
NAMES = ("title", "year", "places", "quorum", "majority", "tie")
COUNTED = ("electors", "cast", "is_quorate", "votes", "elected", "tied", "hall", "digest")


def facts_of(session: VoteSession, count: VoteCount) -> dict[str, Any]:
    """Return what a document states, as JSON: of the vote and of its count as they lie in the database."""
    candidates = session.candidacies.order_by("number").values_list("number", "project__code")
    return {
        **{name: getattr(session, name) for name in NAMES},
        **{name: getattr(count, name) for name in COUNTED},
        "opens_at": session.opens_at.isoformat(),
        "closes_at": session.closes_at.isoformat(),
        "counted_at": count.counted_at.isoformat(),
        "needed": needed_votes(rules_of(session, count.electors), count.cast),
        "candidates": {str(number): code for number, code in candidates},
    }


def make_documents(session_id: int, actor: User | None = None) -> list[VoteDocument]:
    """Set and keep the documents of a counted vote; those that there are stay. Raises NotPermitted, BadInput.

    Setting a page takes seconds, so nothing is locked meanwhile.
    """
    session = VoteSession.objects.get(pk=session_id)
    if actor is not None and not leads(actor, session.area):
        raise may_not_call()
    count = VoteCount.objects.filter(session=session).first()
    if count is None:
        raise BadInput(_("还没有计票，没有结果可以证明。"), code="not-counted")
    known = {document.kind for document in session.documents.all()}
    made = [_make(session, count, kind, actor) for kind in VoteDocument.Kind if kind not in known]
    return [document for document in made if document is not None]


def make_missing() -> int:
    """Make the documents that counted votes lack, of the newest first; return how many."""
    counted = VoteSession.objects.filter(count__isnull=False).annotate(kept=Count("documents"))
    waiting = counted.filter(kept__lt=len(VoteDocument.Kind)).order_by("-pk")
    made = 0
    for pk in list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        try:
            made += len(make_documents(pk))
        except Exception:
            log.exception("the documents of vote %s could not be made", pk)  # the other votes get theirs
    return made


def _make(session: VoteSession, count: VoteCount, kind: VoteDocument.Kind, actor: User | None) -> VoteDocument | None:
    facts = facts_of(session, count)
    return _keep(session.pk, kind, facts, print_pdf(_page(session, count, kind, facts)), actor)


@transaction.atomic
def _keep(
    session_id: int, kind: VoteDocument.Kind, facts: dict[str, Any], content: bytes, actor: User | None
) -> VoteDocument | None:
    """Store a document that was set; None where another process was quicker. Raises BadInput for other facts."""
    session = VoteSession.objects.select_for_update().get(pk=session_id)
    if session.documents.filter(kind=kind).exists():
        return None
    if facts_of(session, VoteCount.objects.get(session=session)) != facts:
        raise BadInput(_("计票结果刚刚有变，请再试一次。"), code="count-changed")
    digest = sha256(content).hexdigest()
    document = VoteDocument.objects.create(
        session=session, kind=kind, facts=facts, sha256=digest,
        file=ContentFile(content, name=f"{digest[:32]}.pdf"),
    )  # fmt: skip
    audit.record(actor, "vote-document-made", session, kind=str(kind), sha256=digest)
    return document


def _page(session: VoteSession, count: VoteCount, kind: VoteDocument.Kind, facts: dict[str, Any]) -> str:
    """The HTML of a document, in the site's own language."""
    context = {
        "session": session,
        "count": count,
        "rows": lines_of(session, count),
        "facts": facts,
        "is_notice": kind == VoteDocument.Kind.NOTICE,
    }
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(TEMPLATE, context)


def contradictions(document: VoteDocument) -> Iterator[tuple[str, Any, Any]]:
    """Yield what a document states otherwise than the vote and its count: name, as stated, as it is."""
    count = VoteCount.objects.filter(session=document.session_id).first()
    now = facts_of(document.session, count) if count is not None else {}
    for name, stated in document.facts.items():
        if stated != now.get(name):
            yield name, stated, now.get(name)


def document_of(session: VoteSession, content: bytes) -> VoteDocument | None:
    """Return the document of this vote that a file is, byte for byte; None for any other file."""
    return session.documents.filter(sha256=sha256(content).hexdigest()).first()
