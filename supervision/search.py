"""What of the matters the search of the site finds: in full by those who work on them, and the published version."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.permissions import Asker
from search.offers import Described, Offer, Watch
from supervision.findings.models import Finding
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.public.permissions import published_matters


def _matter(matter: Suggestion) -> Described:
    """Text and place, but no names: a deputy who sees the matter need not know who reported it."""
    place = matter.finding.address if matter.finding else ""
    return _described(matter, reverse("supervision:suggestion", args=[matter.number]), matter.title, matter.text, place)


def _published(matter: Suggestion) -> Described:
    """The public words alone: the first words and the title are the reporter's."""
    words = matter.public_text
    return _described(matter, reverse("matters:matter", args=[matter.number]), words.split("\n")[0], words, "")


def _described(matter: Suggestion, address: str, title: str, text: str, place: str) -> Described:
    return Described(
        title or matter.number,
        address,
        codes=[matter.number],
        text="\n".join(filter(None, [text, place])),
        meta=matter.number,
        area_id=matter.area_id,
        year=timezone.localtime(matter.submitted_at).year,
        organ=matter.department.short_name if matter.department else "",
    )


def _published_to(user: Asker) -> QuerySet[Suggestion]:
    return published_matters(user)


_WATCHES = (Watch(Finding, via="finding"), Watch(Department, via="department"))

OFFERS = [
    Offer(
        "matters",
        _("监督事项"),
        Suggestion,
        suggestions_visible_to,
        _matter,
        weight=3,
        related=("finding", "department"),
        watches=_WATCHES,
    ),
    Offer(
        "published_matters",
        _("公开事项"),
        Suggestion,
        _published_to,
        _published,
        weight=3,
        related=("finding", "department"),
        watches=_WATCHES,
        only=Q(is_public=True),
    ),
]
