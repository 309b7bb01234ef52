"""What of the papers the search of the site finds: by number, title and text, for whoever may read the paper."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from papers.register.models import Paper
from papers.register.permissions import papers_visible_to
from search.offers import Described, Offer


def _paper(paper: Paper) -> Described:
    """The text that is signed, without the signatories' names: a draft is found by what it says."""
    return Described(
        paper.title,
        paper.get_absolute_url(),
        codes=[code for code in (paper.number, paper.outer_number) if code],
        text="\n".join(filter(None, [paper.facts, paper.analysis, paper.request])),
        meta=paper.number or "",
        year=timezone.localtime(paper.submitted_at or paper.created_at).year,
        organ=paper.committee,
    )


OFFERS = [Offer("papers", _("议案和代表建议"), Paper, papers_visible_to, _paper, weight=4)]
