"""What deputies, stations and staff see: their voters' messages, one of them with its steps, slips, figures."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.permissions import require_role
from geokit.refusal import Refusal
from ledger.filestore.responses import stored_response
from ledger.steps.apply import steps_now
from stations.permissions import deputy_of, stations_run_by
from supervision.kinds.queries import kind_of
from supervision.pages.videos import video_response
from supervision.public.private_links import fresh_secret
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of
from ui.qr import qr_svg
from ui.refusals import status_of_form
from voters.line import services
from voters.line.contacts import open_up
from voters.line.figures import by_station
from voters.line.models import Message, MessageVideo
from voters.line.permissions import messages_visible_to, photos_visible_to, reads_messages, told, videos_visible_to
from voters.line.table import TABLE, Verb
from voters.line.workflow import MESSAGES
from voters.pages.forms import SlipForm, StepForm

PAGE_SIZE = 30
FIGURES_DAYS = 365
WORDS: dict[str, dict[str, Any]] = {
    Verb.ANSWER: {"label": _("答复"), "required": True, "help_text": _("选民会在查询页看到。")},
    Verb.HAND_OVER: {"label": _("给联络站的话（可不填）")},
    Verb.RAISE: {},
    Verb.DISMISS: {"label": _("理由"), "required": True, "help_text": _("选民会看到；例如不属于人大受理的个案。")},
}


@require_safe
@require_role()
def message_list(request: HttpRequest) -> HttpResponse:
    """My voters' messages: those for the deputy herself, and those of the stations that she runs."""
    if not reads_messages(request.user):
        raise Http404
    own, state = deputy_of(request.user), request.GET.get("state", "")
    rows = messages_visible_to(request.user)
    runs = stations_run_by(request.user).exists()
    is_mine = not runs or (own is not None and request.GET.get("of") != "station")
    if is_mine and own is not None:
        rows = told(own)
    total = rows.count()
    if TABLE.knows(state):
        rows = rows.filter(state=state)
    context = {
        "page": page_of(request, rows.select_related("area", "station").order_by("-created_at", "-pk"), PAGE_SIZE),
        "total": total,
        "states": TABLE.choices(),
        "state": state,
        "own": own,
        "is_mine": is_mine,
        "runs": runs,
    }
    return render(request, "voters/list.html", context)


@require_safe
@require_role()
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message, with how to reach the voter."""
    return _show(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Message:
    rows = messages_visible_to(request.user).select_related("area__parent", "station", "matter")
    return get_object_or_404(rows, pk=pk)


def _show(request: HttpRequest, found: Message, refused: dict[str, StepForm] | None = None) -> HttpResponse:
    refused = refused or {}
    verbs = [str(line.verb) for line in steps_now(MESSAGES, request.user, found)]
    forms = [
        (verb, TABLE.verbs[Verb(verb)], refused.get(verb) or _step_form(verb, initial={"version": found.version}))
        for verb in verbs
        if verb in WORDS
    ]
    alike = Message.objects.filter(text=found.text).exclude(pk=found.pk)
    context = {
        "message": found,
        "kind": kind_of(found.kind),
        "contact": open_up(found.contact),
        "photos": found.photos.all(),
        "video": MessageVideo.objects.filter(message=found).first(),
        "events": found.events.select_related("actor").order_by("at", "pk"),
        "deputies": found.deputies.all(),
        "forms": forms,
        "may_reissue": Verb.REISSUE in verbs,
        "alike": alike.filter(pk__in=messages_visible_to(request.user).values("pk")).count(),
        "refused_form": next(iter(refused.values()), None),
    }
    response = render(request, "voters/message.html", context, status=status_of_form(*refused.values()))
    response["Cache-Control"] = "no-store, private"
    return response


def _step_form(verb: str, *args: Any, **more: Any) -> StepForm:
    return StepForm(*args, auto_id=f"{verb}-%s", **WORDS[verb], **more)


@require_POST
@require_role()
def message_step(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Answer, hand over, raise or dismiss; a refusal shows the page with what was typed."""
    found = _visible(request, pk)
    if verb not in WORDS:
        raise Http404
    form = _step_form(verb, request.POST)
    if not form.is_valid():
        return _show(request, found, {verb: form})
    try:
        services.act(request.user, pk, verb, **form.cleaned_data)
    except Refusal as refusal:
        form.show(refusal)
        return _show(request, _visible(request, pk), {verb: form})
    messages.success(request, gettext("已记录，选民会在查询页看到。"))
    return redirect(found)


@require_POST
@require_role()
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """A new slip for a voter who comes in person; the old link ends."""
    _visible(request, pk)
    secret = fresh_secret()
    return _slip(request, services.reissue(request.user, pk, secret), secret)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def reception_slip(request: HttpRequest, pk: int) -> HttpResponse:
    """A number and a private link for somebody who came to a reception, once her matter is written down."""
    if not services.may_take(request.user, pk):
        raise Http404
    numbers = {"client_id": str(uuid4()), "secret": fresh_secret()}
    form = SlipForm(posted(request), initial=numbers)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            written = services.Written("", reach=given["reach"], contact=given["contact"])
            made = services.take_at_reception(
                request.user, pk, written, client_id=given["client_id"], secret=given["secret"]
            )
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _slip(request, made, given["secret"])
    context = {"form": form, "matter": services.reception_matter(pk)}
    return render_form(request, "voters/slip_form.html", context)


def _slip(request: HttpRequest, made: Message, secret: str) -> HttpResponse:
    """The slip: shown once, for the printer or to be scanned from the screen."""
    link = request.build_absolute_uri(reverse("voters:mine", args=[secret]))
    context = {"message": made, "link": link, "qr": qr_svg(link)}
    response = render(request, "voters/slip.html", context)
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@require_role()
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A photo of a message, for those who may read it."""
    found = get_object_or_404(photos_visible_to(request.user), pk=pk)
    return stored_response(request, found.file, cache="private, no-store")


@require_safe
@require_role()
def video(request: HttpRequest, pk: int, part: str) -> HttpResponseBase:
    """A message's video, or a picture of it, for those who may read the message."""
    return video_response(request, get_object_or_404(videos_visible_to(request.user), pk=pk), part)


@require_safe
@require_role()
def figures(request: HttpRequest) -> HttpResponse:
    """Counts, shares and times of the stations that this person runs; of no deputy."""
    if not stations_run_by(request.user).exists():
        raise Http404
    since = timezone.localdate() - timedelta(days=FIGURES_DAYS)
    context = {"rows": by_station(request.user, since), "since": since, "least": rules.value("voters.least_n")}
    return render(request, "voters/figures.html", context)
