"""Pages of congresses and their members, for the congress staff who keep them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.congress import services
from accounts.congress.forms import CongressForm, EndForm, MemberFilter, MemberForm, TermForm
from accounts.congress.models import Congress, Membership, not_over
from accounts.congress.permissions import congresses_kept_by
from accounts.congress.queries import with_members
from accounts.directory.models import Role, User
from accounts.permissions import is_district_staff, leads_somewhere, require_leader, require_role
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of

PAGE_SIZE = 50


@never_cache
@require_role(Role.STAFF)
@require_safe
def congress_list(request: HttpRequest) -> HttpResponse:
    """The congresses that I keep, each with its seats, members and accounts of today."""
    kept = with_members(congresses_kept_by(request.user), timezone.localdate()).select_related("area")
    order = {level: place for place, level in enumerate(Congress.Level.values)}
    shown = sorted(kept, key=lambda one: (one.ends_on is not None, order[one.level], one.area_id or 0, -one.term))
    context = {"congresses": shown, "may_enter": leads_somewhere(request.user), "today": timezone.localdate()}
    return render(request, "accounts/congress/list.html", context)


@never_cache
@require_leader
@require_http_methods(["GET", "HEAD", "POST"])
def new_congress(request: HttpRequest) -> HttpResponse:
    """Enter one term of a congress."""
    form = CongressForm(posted(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        facts = {name: given[name] for name in ("seats", "starts_on", "ends_on")}
        try:
            made = services.save_congress(_user(request), form.level, given["area"], given["term"], facts)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("members:congress", made.pk)
    return render_form(request, "accounts/congress/new.html", {"form": form})


@never_cache
@require_role(Role.STAFF)
@require_safe
def congress(request: HttpRequest, pk: int) -> HttpResponse:
    """The members of one term, narrowed by the address."""
    found = _kept(request, pk)
    form = MemberFilter(found, request.GET)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "congress": found,
        "form": form,
        "page": page_of(request, _chosen(found, form), PAGE_SIZE),
        "query": query.urlencode(),
        "today": timezone.localdate(),
        "is_newest": services.is_newest(found),
    }
    return render(request, "accounts/congress/members.html", context)


@never_cache
@require_role(Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a member: of the general election, or of a by-election."""
    found = _kept(request, pk)
    form = MemberForm(found, posted(request), may_link=is_district_staff(request.user))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        member = _write(request, form, found, given["code"], given["person"] or given["code"], is_new=True)
        if member is not None:
            messages.success(request, _("%s已登记为代表。") % member.person)
            return redirect("members:congress", found.pk)
    return render_form(request, "accounts/congress/new_member.html", {"congress": found, "form": form})


@never_cache
@require_role(Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One membership: change what is known of it, or end it."""
    found = _kept(request, pk)
    known = _member(found, number)
    form = _form(request, known, posted(request))
    sent = request.method == "POST" and form.is_valid()
    if sent and _write(request, form, found, known.code, known.person.code) is not None:
        messages.success(request, _("已保存。"))
        return redirect("members:member", found.pk, known.pk)
    return _member_page(request, known, form, EndForm())


@never_cache
@require_role(Role.STAFF)
@require_POST
def end_member(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Let a membership end."""
    found = _kept(request, pk)
    known = _member(found, number)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            services.end_membership(_user(request), known.pk, form.cleaned_data["last_day"], form.cleaned_data["why"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("%s的任职已记为终止，记录还在。") % known.person)
            return redirect("members:congress", found.pk)
    return _member_page(request, known, _form(request, known), form)


@never_cache
@require_role(Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next term and carry over who stays."""
    found = _kept(request, pk)
    if not services.is_newest(found):
        raise Http404
    form = TermForm(found, posted(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            new = services.begin_term(_user(request), found.pk, given["first_day"], given["carried"], given["seats"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("“%s”已开始。") % new)
            return redirect("members:congress", new.pk)
    return render_form(request, "accounts/congress/new_term.html", {"congress": found, "form": form})


def _write(
    request: HttpRequest, form: MemberForm, found: Congress, code: str, person_code: str, *, is_new: bool = False
) -> Membership | None:
    """Write the person, her group and her membership together; None where one of them was refused."""
    given, actor = form.cleaned_data, _user(request)
    try:
        with transaction.atomic():
            if is_new:
                services.require_new(code, person_code, given["name"])
            unlink = not is_new and "user" in given and form.data.get("user") == ""  # "no account" was chosen
            someone = services.save_person(actor, person_code, given["name"], given.get("user"), unlink=unlink)
            facts = form.facts() | {"group": services.group_named(actor, found, given["group"])}
            return services.save_member(actor, code, found, someone, facts)
    except Refusal as refusal:
        form.show(refusal)
        return None


def _form(request: HttpRequest, known: Membership, sent: QueryDict | None = None) -> MemberForm:
    may_link = is_district_staff(request.user)
    return MemberForm(known.congress, sent, known=known, may_link=may_link, initial=_shown(known))


def _shown(known: Membership) -> dict[str, Any]:
    names = ("constituency", "committee", "starts_on", "began")
    user = known.person.user
    return {name: getattr(known, name) for name in names} | {
        "name": known.person.name,
        "user": user.username if user is not None else None,
        "group": known.group.name if known.group is not None else "",
        "posts": "、".join(known.posts),
    }


def _member_page(request: HttpRequest, known: Membership, form: MemberForm, end: EndForm) -> HttpResponse:
    others = known.person.memberships.exclude(pk=known.pk).select_related("congress__area").order_by("-starts_on")
    may_end = not services.has_ended(known)
    context = {"congress": known.congress, "member": known, "form": form, "others": others}
    context |= {"end_form": end, "may_end": may_end}
    return render_form(request, "accounts/congress/member.html", context, form, end)


def _chosen(found: Congress, form: MemberFilter) -> QuerySet[Membership]:
    given = form.cleaned_data if form.is_valid() else {}
    rows = found.memberships.select_related("person__user", "group").order_by("code")
    if word := given.get("q", "").strip():
        rows = rows.filter(Q(person__name__icontains=word) | Q(code__icontains=word))
    if word := given.get("constituency", "").strip():
        rows = rows.filter(constituency__icontains=word)
    if group := given.get("group"):
        rows = rows.filter(group=group)
    return STATES[given.get("state", "")](rows)


def _in_office(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    return rows.filter(not_over(timezone.localdate()))


STATES: dict[str, Callable[[QuerySet[Membership]], QuerySet[Membership]]] = {
    "": _in_office,
    "no-account": lambda rows: _in_office(rows).filter(person__user=None),
    "ended": lambda rows: rows.exclude(not_over(timezone.localdate())),
    "all": lambda rows: rows,
}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - only who is signed in gets here
    return request.user


def _kept(request: HttpRequest, pk: int) -> Congress:
    return get_object_or_404(congresses_kept_by(request.user).select_related("area"), pk=pk)


def _member(found: Congress, number: int) -> Membership:
    rows = found.memberships.select_related("person__user", "group", "congress__area")
    return get_object_or_404(rows, pk=number)
