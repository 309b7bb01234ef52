"""Topics that the data suggest, and papers that are begun from one or from a matter by one click."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import topics
from accounts.models import Membership, Role
from accounts.permissions import require_role
from papers.pages.clip import clip_of
from papers.register import evidence
from papers.register.permissions import seats_by_level, seats_of
from supervision.matters.table import NOT_TAKEN_UP
from supervision.permissions import suggestions_visible_to
from ui.forms.refusable import whole_number

READERS = (Role.DEPUTY, Role.STAFF)


@require_safe
@require_role(*READERS)
def topic_list(request: HttpRequest) -> HttpResponse:
    """Every topic of every room, as far as this person sees what it rests on."""
    today = _today()
    found = [(offer, offer.find(request.user, today)) for offer in topics.offers()]
    return render(request, "papers/topics.html", {"offers": found, "any": any(rows for _offer, rows in found)})


@require_safe
@require_role(*READERS)
def topic(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One topic with its evidence: where, what, and figures with what they are a part of."""
    offer, found = _topic_or_404(request, kind, key)
    context = {
        "offer": offer,
        "topic": found,
        "clip": clip_of([one.place for one in found.evidence]),
        "seats": seats_by_level(request.user),
    }
    return render(request, "papers/topic.html", context)


@require_safe
@require_role(*READERS)
def places(request: HttpRequest, kind: str, key: str) -> JsonResponse:
    """The places of a topic as GeoJSON, for the map beside its page."""
    _offer, found = _topic_or_404(request, kind, key)
    features = [
        {
            "type": "Feature", "id": number, "geometry": json.loads(one.place.json), "properties": {"name": one.title},
        }
        for number, one in enumerate(found.evidence, start=1)
        if one.place is not None
    ]  # fmt: skip
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@require_role(Role.DEPUTY)
def begin(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Begin a paper from a topic."""
    seat = _seat_or_404(request)
    _offer, found = _topic_or_404(request, kind, key)
    paper = evidence.begin_from_topic(request.user, seat, found)  # type: ignore[arg-type]
    messages.success(request, _("已起草。补上分析和具体意见，就可以邀请联名、提交。"))
    return redirect(paper)


@require_POST
@require_role(Role.DEPUTY)
def raise_matter(request: HttpRequest, number: str) -> HttpResponse:
    """Raise a matter to a paper, with its evidence."""
    visible = suggestions_visible_to(request.user).exclude(state__in=NOT_TAKEN_UP)
    matter = get_object_or_404(visible, number=number)
    paper = evidence.raise_matter(request.user, _seat_or_404(request), matter)  # type: ignore[arg-type]
    messages.success(request, _("已起草。补上分析和具体意见，就可以邀请联名、提交。"))
    return redirect(paper)


def _seat_or_404(request: HttpRequest) -> Membership:
    """Return the seat that was sent, or the first of her own where none was."""
    sent = request.POST.get("seat")
    if sent:
        return get_object_or_404(seats_of(request.user).select_related("congress"), pk=whole_number(sent))
    own = seats_by_level(request.user)
    if not own:
        raise Http404
    return own[0]


def _topic_or_404(request: HttpRequest, kind: str, key: str) -> tuple[topics.TopicOffer, Any]:
    found = topics.topic_of(request.user, kind, key, _today())
    if found is None:
        raise Http404
    return found


def _today() -> date:
    return timezone.localdate()
