"""The private page of somebody who reported without an account: state, answer, words and photos, rating.

Its forms carry no token against forgery: no cookie gives them any right, the secret in their address does, and another
site does not know it. A page without referrer sends `Origin: null`, which the check would refuse.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geokit.refusal import Refusal
from ledger.filestore.responses import stored_response
from supervision.findings.arrivals import arrivals_of
from supervision.findings.models import FindingVideo
from supervision.matters.models import Suggestion
from supervision.matters.table import TABLE
from supervision.pages.public.forms import OwnRatingForm, SayForm
from supervision.public import private_links, services
from supervision.public.models import ReporterAccess
from supervision.public.rate_limits import spend_guess, spend_report
from supervision.public.timeline import answer_files, others_of, reporter_timeline
from ui.forms.photos import taken as photos_taken
from ui.photo_claims import as_claimed, read_claim
from ui.private_pages import private_page
from ui.qr import qr_svg
from ui.refusals import prefers_json, retry_after, status_of_form


@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a private link. A wrong or expired one is a page that is not there, and is counted."""
    access = private_links.find_access(token)
    return private_page(_page(request, _known(request, access), reverse("matters:mine", args=[token])))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mine_by_mail(request: HttpRequest, pk: int, signature: str) -> HttpResponse:
    """The same page by the link of a mail; its forms come back here, with the step as a field."""
    access = _known(request, private_links.find_by_mail(pk, signature))
    base = reverse("matters:mine_by_mail", args=[pk, signature])
    if request.method == "POST":
        return private_page(_take(request, access, request.POST.get("step", ""), base))
    return private_page(_page(request, access, base))


@require_safe
def answer_file(request: HttpRequest, token: str, file: int) -> HttpResponseBase:
    """A file of the answer, by the private link."""
    return _file(request, _known(request, private_links.find_access(token)), file)


@require_safe
def answer_file_by_mail(request: HttpRequest, pk: int, signature: str, file: int) -> HttpResponseBase:
    """A file of the answer, by the link of a mail."""
    return _file(request, _known(request, private_links.find_by_mail(pk, signature)), file)


def _file(request: HttpRequest, access: ReporterAccess, pk: int) -> HttpResponseBase:
    suggestion = access.finding.suggestion
    found = get_object_or_404(answer_files(suggestion, *others_of(suggestion)), pk=pk)
    how = {"as_attachment": True, "filename": found.name}
    return private_page(stored_response(request, found.file, cache="no-store, private", **how))


@csrf_exempt
@require_POST
def step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """Say more, or rate the answer."""
    access = _known(request, private_links.find_access(token))
    return private_page(_take(request, access, step, reverse("matters:mine", args=[token])))


def _known(request: HttpRequest, access: ReporterAccess | None) -> ReporterAccess:
    if access is None:
        spend_guess(request)
        raise Http404
    return access


def _take(request: HttpRequest, access: ReporterAccess, step: str, base: str) -> HttpResponse:
    taken = {"say": (SayForm, _say), "rate": (OwnRatingForm, _rate)}.get(step)
    if taken is None:
        raise Http404
    form = taken[0](request.POST, request.FILES)
    try:
        spend_report(request)
        if not form.is_valid():
            return _page(request, access, base, {step: form})
        taken[1](access, form.cleaned_data)
    except Refusal as refusal:
        if prefers_json(request):
            raise
        form.show(refusal)
        answer = _page(request, _again(access), base, {step: form})
        if seconds := retry_after(refusal):
            answer["Retry-After"] = seconds
        return answer
    messages.success(request, gettext("已记录，谢谢。"))
    return photos_taken(request, base, arrivals_of(access.finding))


def _say(access: ReporterAccess, given: dict[str, Any]) -> None:
    claim = read_claim(given["photo_sha256"])
    services.say_more(access, text=given["text"], photos=as_claimed(given["photos"], claim), claim=claim)


def _rate(access: ReporterAccess, given: dict[str, Any]) -> None:
    services.rate_by_reporter(access, **given)


def _again(access: ReporterAccess) -> ReporterAccess:
    """The row anew: somebody has changed the matter since it was read."""
    return ReporterAccess.objects.select_related("finding__suggestion__department", "finding__area").get(pk=access.pk)


def _page(
    request: HttpRequest,
    access: ReporterAccess,
    base: str,
    refused: dict[str, Any] | None = None,
) -> HttpResponse:
    suggestion, refused = access.finding.suggestion, refused or {}
    answered = suggestion.merged_into or suggestion
    link = request.build_absolute_uri(base)
    is_new = "new" in request.GET
    rates = suggestion.state == Suggestion.State.REPLIED and suggestion.author_id is None
    context = {
        "access": access,
        "finding": access.finding,
        "suggestion": suggestion,
        "answered": answered,
        "steps": reporter_timeline(suggestion),
        "others": [(matter, reporter_timeline(matter, is_own=False)) for matter in others_of(suggestion)],
        "arrivals": arrivals_of(access.finding),
        "photo_count": access.finding.photos.count(),
        "video": FindingVideo.objects.filter(finding=access.finding).first(),
        "base": base,
        "link": link,
        "is_new": is_new,
        "qr": qr_svg(link) if is_new else "",
        "say": refused.get("say") or (SayForm() if suggestion.state in TABLE.in_group("open") else None),
        "rate": refused.get("rate") or (OwnRatingForm(initial={"version": suggestion.version}) if rates else None),
        "by_mail": "/mail/" in base,
        "is_private": True,
        "refused_form": next(iter(refused.values()), None),
    }
    status = status_of_form(*refused.values())
    return render(request, "supervision/public/mine.html", context, status=status)
