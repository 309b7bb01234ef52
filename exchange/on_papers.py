"""On the page of one of our papers: what other instances answered."""

from typing import Any

from accounts.permissions import is_district_staff
from exchange.register.models import ForeignRecord
from exchange.register.services import own_origin
from exchange.standard.ids import id_of
from geokit.refusal import Refusal
from papers.models import Paper
from ui.linked import Linked


def answers_to(thing: Any, user: Any) -> list[Linked]:
    """Return the answers of other instances to a paper, for those who exchange with them."""
    if not isinstance(thing, Paper) or not thing.number or not is_district_staff(user):
        return []
    try:
        paper = id_of(own_origin(), "papers", thing.number)
    except Refusal:
        return []
    found = ForeignRecord.objects.filter(about=paper, withdrawn_at=None).select_related("partner").order_by("pk")
    return [Linked(str(one), one.get_absolute_url(), str(one.partner)) for one in found]
