"""`/work/chain/`: where the chain of evidence stands, and whether its anchors reach the places outside."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.inbox import Item, Waiting
from accounts.permissions import Asker, is_district_staff, require_district_staff
from geo_portal.joints import file_watch
from ledger.anchors.delivery import state_of_places, undelivered
from ledger.anchors.foot import anchor_line
from ledger.models import Delivery


@require_safe
@require_district_staff
def chain_state(request: HttpRequest) -> HttpResponse:
    """The newest anchor, each place with what arrived there last, and whether every row has its file."""
    found = state_of_places()
    context = {
        "anchor": anchor_line(),
        "places": found,
        "failing": [place for place in found if place.failing],
        "files": file_watch.in_words(),
    }
    return render(request, "chain_state.html", context)


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Anchors that do not arrive wait for those who see to the site; they are gone when a later one has arrived."""
    if is_district_staff(user):
        yield Waiting(
            kind="anchors-undelivered",
            title=_("证据链锚定没有送达"),
            rows=undelivered(),
            show=show,
            hint=_("请检查网络和去向的设置；送达之前，当天的证据只有本机能证明。"),
        )


def show(row: Any) -> Item:
    day = date_format(timezone.localtime(row.anchor.at))
    return Item(
        title=f"{row.get_channel_display()} {row.target}",
        url=reverse("chain_state"),
        facts=(day, row.said),
        badge=str(Delivery.State.FAILED.label),
        tone="bad",
    )
