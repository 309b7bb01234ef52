"""Pages of the rules: all of them, one with its history and form, a version, the whole as a file.

Everybody reads them, also without signing in: points are delisted and departments reminded by these numbers, so whoever
is judged by them, or watches, may know them. Who set a value is shown to those who are signed in.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.directory.models import Role
from accounts.permissions import ANONYMOUS, require_role, role_of
from accounts.rules import page, queries, services
from accounts.rules.definition import Rule
from accounts.rules.forms import ChangeForm, WithdrawForm
from accounts.rules.permissions import may_keep_rules
from accounts.rules.registry import declared
from geokit.refusal import Refusal
from ui.downloads import TABLE_FILES, table_response
from ui.forms.refusable import render_form

KEEPERS = (Role.STAFF, Role.ADMIN)


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule with its value in force and what is planned; with ``?version=`` as it was in that version."""
    book = queries.book()
    version = _version(request, len(book.entries))
    lines = page.lines(book) if version is None else page.lines_in(book, version)
    context = {
        "groups": page.grouped(lines),
        "missing": [line for line in lines if line.is_missing],
        "version": book.version() if version is None else version,
        "is_past": version is not None,
        "began": book.entries[version - 1].effective_from if version else None,
        "may_keep": may_keep_rules(request.user),
    }
    return render(request, "accounts/rules/list.html", context)


def _version(request: HttpRequest, newest: int) -> int | None:
    asked = request.GET.get("version", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal()) or len(asked) > 9 or int(asked) > newest:
        raise Http404
    return int(asked)


@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """Every value that was, is or is planned to be in force."""
    if extension not in TABLE_FILES:
        raise Http404
    today = timezone.localdate()
    rows = page.table(today, with_names=role_of(request.user) != ANONYMOUS)
    response = table_response(rows, f"rules-{today}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: what it is for, what is in force and planned, its history, and for those who may the form."""
    return _page(request, _rule(key))


def _rule(key: str) -> Rule:
    try:
        return declared()[key]
    except KeyError:
        raise Http404 from None


def _page(
    request: HttpRequest, found: Rule, form: ChangeForm | None = None, refused: tuple[int, WithdrawForm] | None = None
) -> HttpResponse:
    """The page; `refused` is the form of withdrawal that was sent, with the change it is for."""
    book = queries.book()
    past = page.history(found, book.today)
    forms = {one.change.pk: _withdraw_form(one.change.pk) for one in past if one.can_be_withdrawn}
    if refused and refused[0] in forms:
        forms[refused[0]] = refused[1]
    form = form or ChangeForm(found, initial={"seen": services.newest(found.key), "value": book.value(found.key)})
    context: dict[str, Any] = {
        "line": page.line_of(found, book),
        "rule": found,
        "default": page.Wording().of(found, found.default),
        "history": [(one, forms.get(one.change.pk)) for one in past],
        "form": form,
        "refused_form": refused[1] if refused else None,
        "may_keep": may_keep_rules(request.user),
        "signed_in": role_of(request.user) != ANONYMOUS,
    }
    return render_form(request, "accounts/rules/rule.html", context, refused[1] if refused else form)


def _withdraw_form(pk: int, data: Any = None) -> WithdrawForm:
    return WithdrawForm(data, auto_id=f"withdraw-{pk}-%s")


@require_POST
@require_role(*KEEPERS)
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Set a value from a day on."""
    found = _keepers(request, key)
    form = ChangeForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    given = form.cleaned_data
    try:
        made = services.change(request.user, key, **given)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, found, form)
    messages.success(request, _("已登记，%s起生效。此前作出的判断不变。") % made.effective_from)
    return redirect("rules:rule", key=key)


@require_POST
@require_role(*KEEPERS)
def withdraw(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Withdraw a planned value."""
    found = _keepers(request, key)
    form = _withdraw_form(pk, request.POST)
    if not form.is_valid():
        return _page(request, found, refused=(pk, form))
    try:
        services.withdraw(request.user, pk, reason=form.cleaned_data["reason"], key=key)
    except Refusal as refusal:
        form.show(refusal)
        return _page(request, found, refused=(pk, form))
    messages.success(request, _("已撤回。"))
    return redirect("rules:rule", key=key)


def _keepers(request: HttpRequest, key: str) -> Rule:
    """Return the rule; for those who set none there is nothing to write here."""
    if not may_keep_rules(request.user):
        raise Http404
    return _rule(key)
