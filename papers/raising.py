"""What papers add to the page of a matter: the papers it was raised to, and the button that raises it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from papers.register.evidence import own_draft, raised_from
from papers.register.permissions import papers_visible_to, seats_by_level
from supervision.matters.signals import Raised, Way, onward_requested
from supervision.matters.table import NOT_TAKEN_UP
from supervision.models import Suggestion


def listen() -> None:
    """Join the rooms."""
    onward_requested.connect(onward_from, dispatch_uid="papers:onward")


def onward_from(matter: Suggestion, user: Any, **kwargs: Any) -> list[Raised | Way]:
    """Return the papers that a matter was raised to, and a way to raise it for each of the deputy's seats."""
    found: list[Raised | Way] = []
    for paper in raised_from(matter).filter(pk__in=papers_visible_to(user).values("pk"))[:20]:
        name = _("已提升为议案建议 %s") % paper.number if paper.number else _("已起草议案建议")
        found.append(Raised(f"{name}：{paper.title}", str(paper.get_state_display()), paper.get_absolute_url()))
    if matter.state in NOT_TAKEN_UP or not (seats := seats_by_level(user)) or own_draft(user, matter):
        return found
    address = reverse("papers:raise", args=[matter.number])
    for seat in seats:
        label = _("提升为议案或建议") if len(seats) == 1 else _("向%s提出建议") % seat.congress
        found.append(Way(label, address, (("seat", str(seat.pk)),)))
    return found
