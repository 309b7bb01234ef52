"""Pages of ratings: an answer, and a count made on paper."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.models import Role
from accounts.permissions import ANONYMOUS, is_deputy, is_staff_of, require_role, role_of
from accounts.rate_limits import Limit, address_of, digest_of, spend
from geokit.refusal import BadInput, Busy, NotPermitted, Refusal, TooMany
from projects.pages import voter_cookie
from projects.pages.access import signed_in
from projects.pages.forms.ratings import AnswerForm, DecisionForm, PaperForm, PublicAnswerForm
from projects.pages.photos import photo_response
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.ratings import mailbox, services
from projects.ratings.models import Answer, PaperCount
from projects.ratings.queries import ratings_for
from ui.forms.refusable import render_form

GUESSES = Limit("rating-link", 30, timedelta(hours=1))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate a project: a deputy by name, the public once per mailbox or, apart from these, once per browser."""
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    if role_of(request.user) != ANONYMOUS and not is_deputy(request.user):
        raise Http404
    kind = AnswerForm if is_deputy(request.user) else PublicAnswerForm
    form = kind(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, project, form)
    if form.cleaned_data.get("email"):
        return _send_link(request, project, form)
    number = request.COOKIES.get(voter_cookie.COOKIE) or voter_cookie.new_cookie_value()
    try:
        _answer(request, project, form.cleaned_data["choice"], number)
    except (BadInput, NotPermitted) as refusal:
        form.show(refusal)
        return _page(request, project, form)
    messages.success(request, _("谢谢，您的评价已计入。"))
    response = redirect(project)
    if role_of(request.user) == ANONYMOUS:
        voter_cookie.set_voter_cookie(response, number, secure=request.is_secure())
    return response


def _answer(request: HttpRequest, project: Project, choice: str, number: str) -> None:
    if is_deputy(request.user):
        services.record_answer(project.pk, choice, deputy=signed_in(request))
        return
    spend(_per_network(), address_of(request))
    key = voter_cookie.voter_digest(number, project.pk)
    network = digest_of(f"rating-network:{project.pk}:{address_of(request)}")
    services.record_answer(project.pk, choice, voter_key=key, network=network)


def _send_link(request: HttpRequest, project: Project, form: Any) -> HttpResponse:
    """The answer goes out in a link; what the page says does not depend on whether the mailbox has answered."""
    try:
        spend(_per_network(), address_of(request))
        mailbox.send_link(project, form.cleaned_data["choice"], form.cleaned_data["email"])
    except (BadInput, TooMany, Busy) as refusal:
        form.show(refusal)
        return _page(request, project, form)
    messages.success(request, _("确认链接已发出。打开邮件里的链接确认后，您的评价才计入。"))
    return redirect(project)


def _per_network() -> Limit:
    return Limit("rating", rules.value("limits.ratings_hour"), timedelta(hours=1))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_rating(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link: a look changes nothing, a click counts the answer. A wrong link is 404 and counted."""
    pending = mailbox.read_link(token)
    project = Project.objects.filter(pk=pending.project).first() if pending else None
    if pending is None or project is None:
        spend(GUESSES, address_of(request))
        raise Http404
    if request.method == "POST":
        try:
            mailbox.confirm(pending)
        except BadInput as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("谢谢，您的评价已计入。"))
        return redirect(project)
    context = {"project": project, "choice": Answer.Choice(pending.choice).label}
    response = render(request, "projects/ratings/confirm.html", context)
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_role(Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a count made on paper; below, those entered before and whether a second person has confirmed them."""
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    if not is_staff_of(request.user, project.area, project.geom):
        raise Http404
    sent = request.method == "POST"
    form = PaperForm(request.POST if sent else None, request.FILES if sent else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.enter_paper_count(
                project.pk,
                signed_in(request),
                given["voter"],
                form.counts(),
                given["counted_on"],
                given["source"],
                sheet=given["sheet"],
                photo=given["photo"],
            )
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已登记。另一位工作人员核对后才计入合计。"))
            return redirect("projects:paper_count", code)
    return _paper_page(request, project, form)


@require_role(Role.STAFF)
@require_POST
def decide_paper(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Confirm a count on paper as a second person, or say that it is wrong."""
    project, found = _paper_of(request, code, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.decide_paper_count(found.pk, signed_in(request), given["step"] == "right", given["reason"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已核对。"))
            return redirect("projects:paper_count", code)
    return _paper_page(request, project, PaperForm(), form)


@require_role(Role.STAFF)
@require_safe
def paper_photo(request: HttpRequest, code: str, pk: int) -> HttpResponseBase:
    """The photo of the sheet, for staff of the place."""
    return photo_response(request, _paper_of(request, code, pk)[1].photo)


def _paper_of(request: HttpRequest, code: str, pk: int) -> tuple[Project, PaperCount]:
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    if not is_staff_of(request.user, project.area, project.geom):
        raise Http404
    return project, get_object_or_404(project.paper_counts, pk=pk)


def _paper_page(request: HttpRequest, project: Project, form: Any, failed: Any = None) -> HttpResponse:
    papers = project.paper_counts.select_related("author", "decision__actor", "project__area").order_by("-pk")
    rows = [(paper, services.may_decide_paper(request.user, paper)) for paper in papers]
    context = {"project": project, "form": form, "papers": rows, "failed": failed}
    return render_form(request, "projects/ratings/paper.html", context, failed or form)


def _page(request: HttpRequest, project: Project, form: Form) -> HttpResponse:
    view = ratings_for(project, request.user, voter_cookie.voter_key(request, project.pk))
    return render_form(request, "projects/ratings/rate.html", {"project": project, "form": form, "view": view})
