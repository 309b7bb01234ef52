"""Following a project by e-mail: the form on its page, and the follower's own page."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rules
from accounts.rate_limits import Limit, address_of, spend
from geokit.refusal import BadInput, TooMany
from projects.following.services import confirm_follower, find_follower, follow, unfollow
from projects.pages.forms.following import FollowForm
from projects.pages.project_page import show_project
from projects.plan import queries

GUESSES = Limit("follower-link", 30, timedelta(hours=1))


@require_POST
def ask_to_follow(request: HttpRequest, code: str) -> HttpResponse:
    """Ask the mailbox's owner; the answer is the same whether or not the address is known."""
    project = queries.get_project(request.user, code)
    form = FollowForm(request.POST)
    if not form.is_valid():
        return show_project(request, project, follow_form=form)
    try:
        spend(Limit("follow", rules.value("limits.follows_hour"), timedelta(hours=1)), address_of(request))
        follow(project, form.cleaned_data["email"])
    except (TooMany, BadInput) as refusal:
        form.show(refusal)
        return show_project(request, project, follow_form=form)
    messages.success(request, _("请到邮箱里打开我们刚发的信，确认后才开始关注。已经关注的邮箱不会再收到确认信。"))
    return redirect("projects:detail", code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follower(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of a follower: a look changes nothing, since mail programs look at links by themselves."""
    found = find_follower(token)
    if found is None:
        spend(GUESSES, address_of(request))
        raise Http404
    if request.method == "POST":
        return _answer(request, token, leaves=request.POST.get("step") == "leave")
    response = render(request, "projects/public/follower.html", {"follower": found})
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str, leaves: bool) -> HttpResponse:
    if leaves:
        project = unfollow(token)
        messages.success(request, _("已不再关注，邮箱也已从名单里删去。"))
        return redirect(project) if project else redirect("projects:list")
    confirm_follower(token)
    messages.success(request, _("已确认。有进展时，每天最多发一封邮件给您。"))
    return redirect("projects:follower", token=token)
