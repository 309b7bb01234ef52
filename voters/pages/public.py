"""What somebody sees who scanned a code: the form, and the private page on which she follows her message."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import rules
from accounts.areas.find import find_areas
from accounts.notices import text_messages
from geokit.refusal import BadInput, Refusal, TooMany
from supervision.findings.intake import clean_photos
from supervision.kinds.queries import kind_of
from supervision.public import draft_photos
from supervision.public.timeline import reporter_timeline
from ui.forms.refusable import RefusableForm, posted, render_form
from ui.private_pages import private_page
from ui.qr import qr_svg
from ui.refusals import retry_after, status_of_form
from voters.codes.addressees import Addressee, can_be_told, deputies_of, find_addressee
from voters.line import private_links, services
from voters.line.models import Message, MessageVideo
from voters.line.rate_limits import spend_guess, spend_message, spend_report
from voters.line.table import TABLE, Status, Verb
from voters.pages.forms import AgainForm, RateForm, ReopenForm, SayForm, WriteForm

Forms = dict[str, RefusableForm]


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """To whom do I write? By village, address or pinyin; each place leads to its own form."""
    words = request.GET.get("q", "")[:120]
    found = find_areas(request.user, words)
    rows = [(area, list(deputies_of(None, area))) for area in found]
    return render(
        request, "voters/find.html", {"words": words, "rows": rows, "offers_texts": text_messages.are_offered()}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    """The form behind a printed code. A code that was never printed says so and shows another way."""
    to = find_addressee(None, code)
    if to is None:
        spend_guess(request)
        return render(request, "voters/no_code.html", status=404)
    form = WriteForm(posted(request), request.FILES or None, initial=WriteForm.fresh())
    if request.method == "POST":
        try:
            spend_message(request, to.code)
            return _written(request, to, form)
        except Refusal as refusal:
            form.is_valid()
            if not isinstance(refusal, TooMany):  # reading photos is work, which whoever sends too much gets none of
                _keep_photos(form)
            form.show(refusal)
    return render_form(request, "voters/write.html", _write_context(to, form))


def _write_context(to: Addressee, form: WriteForm) -> dict[str, Any]:
    people = [to.deputy] if to.deputy else list(deputies_of(None, to.area)) if to.station is None else []
    return {
        "to": to,
        "form": form,
        "people": people,
        "reached": [person for person in people if can_be_told(person)],
        "days": rules.value("voters.answer_days"),
        "held_count": len(draft_photos.read(form.data.get("held", ""))) if form.is_bound else 0,
    }


def _written(request: HttpRequest, to: Addressee, form: WriteForm) -> HttpResponse:
    if not form.is_valid():
        raise BadInput(gettext("填写的内容有 %d 处需要修改。") % len(form.errors))
    given = form.cleaned_data
    photos = [*draft_photos.read(given["held"]), *clean_photos(given["photos"])]
    numbers = {"client_id": given["client_id"], "secret": given["secret"]}
    services.write(to, form.written(), **numbers, photos=photos, video=given["video"])
    draft_photos.delete(given["held"])
    address = reverse("voters:mine", args=[given["secret"]]) + "?new=1"
    # A whole page, not a piece of one: the private page sets its own referrer policy.
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def _keep_photos(form: WriteForm) -> None:
    """Keep the photos of a form that comes back: a browser forgets chosen files."""
    held = form.data.get("held", "")
    sent = form.files.getlist("photos") if form.files else []
    shown = QueryDict(mutable=True)
    shown.update(form.data)
    shown["held"] = draft_photos.keep_with(draft_photos.read(held), sent, held)
    form.data = shown


@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a private link. A wrong or expired one is a page that is not there, and is counted."""
    message = _known(request, private_links.find_message(token))
    return private_page(_page(request, message, reverse("voters:mine", args=[token])))


@csrf_exempt  # no cookie gives a right here, the secret in the address does, and another site does not know it
@require_http_methods(["GET", "HEAD", "POST"])
def mine_by_mail(request: HttpRequest, pk: int, signature: str) -> HttpResponse:
    """The same page by the link of a mail; its forms come back here, with the step as a field."""
    message = _known(request, private_links.find_by_mail(pk, signature))
    base = reverse("voters:mine_by_mail", args=[pk, signature])
    if request.method == "POST":
        return private_page(_take(request, message, request.POST.get("step", ""), base))
    return private_page(_page(request, message, base))


@csrf_exempt
@require_POST
def mine_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """Say more, rate, send back, or have the link sent again."""
    message = _known(request, private_links.find_message(token))
    return private_page(_take(request, message, step, reverse("voters:mine", args=[token])))


def _known(request: HttpRequest, message: Message | None) -> Message:
    if message is None:
        spend_guess(request)
        raise Http404
    return message


def _take(request: HttpRequest, message: Message, step: str, base: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    form_class, service = STEPS[step]
    form = form_class(request.POST)
    try:
        spend_report(request)
        if not form.is_valid():
            return _page(request, message, base, {step: form})
        service(message, **form.cleaned_data)
    except Refusal as refusal:
        form.show(refusal)
        answer = _page(request, Message.objects.get(pk=message.pk), base, {step: form})
        if seconds := retry_after(refusal):
            answer["Retry-After"] = seconds
        return answer
    messages.success(request, gettext("已记录，谢谢。"))
    return redirect(base)


STEPS: dict[str, tuple[type[RefusableForm], Any]] = {
    Verb.SAY: (SayForm, services.say_more),
    Verb.RATE: (RateForm, services.rate),
    Verb.REOPEN: (ReopenForm, services.reopen),
    "again": (AgainForm, services.send_again),
}


def _page(request: HttpRequest, message: Message, base: str, refused: Forms | None = None) -> HttpResponse:
    refused = refused or {}
    link, is_new = request.build_absolute_uri(base), "new" in request.GET
    context = {
        "message": message,
        "kind": kind_of(message.kind),
        "steps": message.events.order_by("at", "pk"),
        "matter_steps": reporter_timeline(message.matter) if message.matter else [],
        "photo_count": message.photos.count(),
        "video": MessageVideo.objects.filter(message=message).first(),
        "is_with_deputy": message.state == Status.NEW,
        "base": base,
        "link": link,
        "is_new": is_new,
        "qr": qr_svg(link) if is_new else "",
        "forms": _forms(message) | refused,
        "refused_form": next(iter(refused.values()), None),
        "by_mail": "/mail/" in base,
        "is_private": True,
    }
    return render(request, "voters/mine.html", context, status=status_of_form(*refused.values()))


def _forms(message: Message) -> Forms:
    """The forms of what the voter may do now; the link may be sent again at any time."""
    verbs = {line.verb for line in TABLE.steps_now(message.state, {"voter"}, None)}
    initial = {"version": message.version}
    again = message.events.filter(verb="reopened").exists()
    forms: Forms = {"again": AgainForm(auto_id="again-%s")}
    if Verb.SAY in verbs:
        forms["say"] = SayForm(auto_id="say-%s")
    if Verb.RATE in verbs:
        forms["rate"] = RateForm(initial=initial, auto_id="rate-%s")
    if Verb.REOPEN in verbs and not again:
        forms["reopen"] = ReopenForm(initial=initial, auto_id="reopen-%s")
    return forms
