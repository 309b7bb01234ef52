"""Pages of ratings: an answer, and a count made on paper."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Role
from accounts.permissions import ANONYMOUS, is_staff_of, require_role, role_of
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput
from projects.pages import voter_cookie
from projects.pages.access import signed_in
from projects.pages.forms.ratings import AnswerForm, PaperForm
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.ratings import services
from projects.ratings.queries import ratings_for
from ui.forms.refusable import render_form


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """Rate a project: a deputy by name, the public once per browser."""
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    if role_of(request.user) not in (Role.DEPUTY, ANONYMOUS):
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, project, form)
    number = request.COOKIES.get(voter_cookie.COOKIE) or voter_cookie.new_cookie_value()
    try:
        _answer(request, project, form.cleaned_data["choice"], number)
    except BadInput as refusal:
        form.show(refusal)
        return _page(request, project, form)
    messages.success(request, _("谢谢，您的评价已计入。"))
    response = redirect(project)
    if role_of(request.user) == ANONYMOUS:
        voter_cookie.set_voter_cookie(response, number, secure=request.is_secure())
    return response


def _answer(request: HttpRequest, project: Project, choice: str, number: str) -> None:
    if role_of(request.user) == Role.DEPUTY:
        services.record_answer(project.pk, choice, deputy=signed_in(request))
        return
    spend(Limit("rating", settings.PROJECTS["ratings_per_hour"], timedelta(hours=1)), address_of(request))
    services.record_answer(project.pk, choice, voter_key=voter_cookie.voter_digest(number, project.pk))


@require_role(Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a count made on paper."""
    project = get_object_or_404(projects_visible_to(request.user), code=code)
    if not is_staff_of(request.user, project.area, project.geom):
        raise Http404
    form = PaperForm(request.POST if request.method == "POST" else None)
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
            )
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("纸质测评结果已登记，并计入合计。"))
            return redirect(project)
    context = {"project": project, "form": form, "papers": project.paper_counts.order_by("-pk")}
    return render_form(request, "projects/ratings/paper.html", context)


def _page(request: HttpRequest, project: Project, form: Form) -> HttpResponse:
    view = ratings_for(project, request.user, voter_cookie.voter_key(request, project.pk))
    return render_form(request, "projects/ratings/rate.html", {"project": project, "form": form, "view": view})
