"""What of this room is in the chain of evidence: what was published when, by whom, and in which words."""

from collections.abc import Iterable

from django.db.models import Case, OuterRef, Q, Subquery, When

from ledger.chain.declared import Chained, Contradiction, Explains, Stored, Touched
from ledger.chain.replays import Replay
from publishing.register.models import PageEvent, SitePage
from publishing.register.table import TABLE

EVENT, WORDING = "publishing_pageevent", "publishing_pagerevision"
PAGE = "publishing.sitepage"

CHAINED = (
    Chained(
        "publishing_sitepage",
        omitted=("version",),
        explained_by=(Explains(EVENT, "page_id"), Explains(WORDING, "page_id")),
    ),
    Chained(WORDING, history=True),
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("publishing_importedarticle", silent="which load brought a page is written after the page itself"),
    Chained("publishing_oldaddress", deletable=True, audited_as=((PAGE, "page_id"),)),
    Chained("publishing_issuepage", history=True, files=(Stored("picture", "sha256"),)),
    Chained(
        "publishing_pagevideo", omitted=("original",), files=(Stored("file", "sha256"), Stored("poster")),
        silent="a worker writes what it has made of it",
    ),
    Chained("publishing_pagefile", history=True, files=(Stored("file", "sha256"),)),
)  # fmt: skip

pages_follow_their_events = Replay(TABLE, SitePage, PageEvent, "page", order=("pk",))


def pages_show_what_was_passed(touched: Touched) -> Iterable[Contradiction]:
    """The wording that a page shows is the one that its last publication named; after a withdrawal there is none."""
    pages, events = touched.of("publishing_sitepage"), touched.of(EVENT)
    published, withdrawn = PageEvent.Verb.PUBLISHED, PageEvent.Verb.WITHDRAWN
    ends = PageEvent.objects.filter(page=OuterRef("pk"), verb__in=(published, withdrawn)).order_by("-pk")
    shown = ends.annotate(shown=Case(When(verb=published, then="revision"))).values("shown")[:1]
    rows = SitePage.objects.annotate(passed=Subquery(shown)).order_by("pk")
    if pages is not None and events is not None:
        rows = rows.filter(Q(pk__in=pages) | Q(pk__in=PageEvent.objects.filter(pk__in=events).values("page")))
    for key, live, passed in rows.values_list("pk", "live", "passed").iterator(5000):
        if live != passed:
            yield Contradiction("publishing_sitepage", key, "live_id", live, passed)
