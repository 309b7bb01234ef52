"""Pages of accounts: the list, one person, a sheet of many, and the page on which somebody sets her own password."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory.models import Role, User
from accounts.notices import links
from accounts.people import codes, factor_resets, invitations, services, sheet
from accounts.people.credentials.handover import give_link, may_give, open_handover
from accounts.people.forms import FactorResetForm, PeopleFilter, PersonForm, SheetForm
from accounts.people.permissions import may_keep_people, people_visible_to
from accounts.permissions import require_role
from accounts.sessions.anew import nobody_excused
from geokit.refusal import Refusal
from ui.downloads import TABLE_FILES, table_response
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of
from ui.private_pages import private_page
from ui.qr import qr_svg

PAGE_SIZE = 50
CHANGES_SHOWN = 10
KEEPERS = (Role.STAFF, Role.ADMIN)


def _keeper(request: HttpRequest) -> Any:
    """Return who asks; missing to those who keep no accounts."""
    if not may_keep_people(request.user):
        raise Http404
    return request.user


def chosen_people(user: Any, query: Any) -> QuerySet[User]:
    """Return whom the list with this query shows to `user`."""
    return _chosen(user, PeopleFilter(query))


def _chosen(user: Any, form: PeopleFilter) -> QuerySet[User]:
    people = people_visible_to(user).defer("area__geom")  # an outline is larger than all else that a row reads
    people = people.order_by("-is_active", "role", "department__code", "username")
    form.is_valid()
    given = form.cleaned_data
    if word := given.get("q"):
        people = people.filter(Q(username__icontains=word) | Q(display_name__icontains=word))
    if role := given.get("role"):
        people = people.filter(role=role)
    if department := given.get("department"):
        people = people.filter(department=department)
    waiting = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    states = {
        "active": Q(is_active=True) & ~waiting,
        "invited": Q(is_active=True) & waiting,
        "closed": Q(is_active=False),
    }
    return people.filter(states[given["state"]]) if given.get("state") else people


@require_safe
@require_role(*KEEPERS)
def person_list(request: HttpRequest) -> HttpResponse:
    """Whom I keep, narrowed by the address."""
    user = _keeper(request)
    form = PeopleFilter(request.GET)
    page = page_of(request, _chosen(user, form), PAGE_SIZE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "total": people_visible_to(user).count(), "query": query.urlencode()}
    context["waiting"] = codes.waiting(chosen_people(user, request.GET)).count()
    return render(request, "accounts/people/list.html", context)


@require_safe
@require_role(*KEEPERS)
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """The list that the page with the same address shows, all its pages, as a file that can be taken in again."""
    user = _keeper(request)
    if extension not in TABLE_FILES:
        raise Http404
    rows = sheet.rows_of(_chosen(user, PeopleFilter(request.GET)))
    response = table_response(rows, f"people-{timezone.localdate()}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*KEEPERS)
@nobody_excused
@reauthentication_required(app="accounts.people", allow_get=True)
def invite(request: HttpRequest) -> HttpResponse:
    """A new account; its owner gets a link for her password."""
    user = _keeper(request)
    form = PersonForm(user, posted(request), initial={"role": Role.DEPUTY})
    if request.method == "POST" and form.is_valid():
        try:
            made, link = services.invite(user, form.cleaned_data["username"], form.particulars())
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _invited(request, made, link)
    return render_form(request, "accounts/people/new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*KEEPERS)
@nobody_excused
@reauthentication_required(app="accounts.people", allow_get=True)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: what she is, what she may do, and what was done to it."""
    user = _keeper(request)
    found = get_object_or_404(people_visible_to(user), pk=pk)
    form = PersonForm(user, posted(request), is_new=False, initial=_shown(found))
    if request.method == "POST" and form.is_valid():
        try:
            services.change(user, found.pk, form.particulars(), form.cleaned_data["version"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("people:person", pk=pk)
    handover = open_handover(found)
    context = {"form": form, "person": found, "handover": handover}
    context |= {"factor_form": FactorResetForm(), **factor_resets.state_of(found, user)}
    context |= {"may_give": handover is not None and may_give(user, handover)}
    context |= {"changes": found.credential_changes.select_related("actor").order_by("-pk")[:CHANGES_SHOWN]}
    return render_form(request, "accounts/people/person.html", context, form)


def _shown(found: User) -> dict[str, Any]:
    names = ("display_name", "role", "department", "area", "email")
    return {name: getattr(found, name) for name in names} | {"version": services.version_of(found)}


@never_cache
@require_POST
@require_role(*KEEPERS)
@nobody_excused
@reauthentication_required(app="accounts.people")
def person_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody's second factor away, or ask for it, or agree to what another keeper asked."""
    user = _keeper(request)
    found = get_object_or_404(people_visible_to(user), pk=pk)
    try:
        if request.POST.get("step") == "agree":
            done = factor_resets.agree(user, found.pk, request)
        else:
            done = factor_resets.reset(user, found.pk, request.POST.get("reason", "")[:300], request)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        word = _("“%s”的两步验证已重置。") if done.done_at else _("已提出重置“%s”的两步验证，等另一位管理人员同意。")
        messages.success(request, word % found)
    return redirect("people:person", pk=pk)


@never_cache
@require_POST
@require_role(*KEEPERS)
@nobody_excused
@reauthentication_required(app="accounts.people")
def person_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Close an account, open it again, invite its owner anew, or give out a link that another officer asked for."""
    user = _keeper(request)
    get_object_or_404(people_visible_to(user), pk=pk)
    try:
        if step == "close":
            closed = services.close(user, pk)
            messages.success(request, _("“%s”已停用，从现在起不能登录。") % closed)
            return redirect("people:person", pk=pk)
        done, link = {"reopen": services.reopen, "invite": services.invite_again, "give": give_link}[step](user, pk)
    except KeyError:
        raise Http404 from None
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("people:person", pk=pk)
    return _invited(request, done, link)


def _invited(request: HttpRequest, person: User, link: str) -> HttpResponse:
    """Where the link went; the link itself in the one answer to the second officer who gives it out."""
    context: dict[str, Any] = {"person": person, "link": link, "handover": open_handover(person)}
    if link:
        context |= {"card": codes.counter_card(request.user, person, link), "qr": mark_safe(qr_svg(link))}  # noqa: S308 - squares, drawn of the address
        context["address"] = links.absolute(reverse("invitation_code"))
    return render(request, "accounts/people/invited.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*KEEPERS)
@nobody_excused
@reauthentication_required(app="accounts.people")
def people_sheet(request: HttpRequest) -> HttpResponse:
    """Many accounts at once: look at what would happen, then take them in."""
    user = _keeper(request)
    form = SheetForm(posted(request), request.FILES if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "results": None, "dry_run": request.POST.get("step") != "load"}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = sheet.read(file.name, file.read(sheet.LIMITS.bytes + 1))
            results = sheet.load(user, rows, dry_run=context["dry_run"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            context |= {"results": results, "counts": _counts(results)}
    return render_form(request, "accounts/people/sheet.html", context)


def _counts(results: list[sheet.RowResult]) -> dict[str, int]:
    words = ("invited", "changed", "unchanged", "refused")
    return {word: sum(row.outcome == word for row in results) for word in words}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str, signature: str) -> HttpResponse:
    """The owner of an account sets her password; a link that is false, old or used looks as if it had never been."""
    user = invitations.invited(token, signature)
    if user is None:
        raise Http404
    form = SetPasswordForm(user, posted(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        invitations.accepted(user, request)
        messages.success(request, _("密码已设置，请用账号“%s”登录。") % user.username)
        return redirect("account_login")
    return private_page(render_form(request, "accounts/people/invitation.html", {"form": form, "person": user}))
