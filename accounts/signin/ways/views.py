"""Pages of signing in by other programs: out to the program, back from it, whose account it is, what is bound."""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from requests import RequestException

from accounts.identities import services as identities
from accounts.identities.services import Identity
from accounts.people import codes
from accounts.people.forms import CodeForm
from accounts.permissions import require_role
from accounts.rate_limits import address_of, spend
from accounts.sessions.anew import must_show_anew, shown_anew, to_show_anew
from accounts.signin.ways import adapter, limits, pending
from accounts.signin.ways.registry import KINDS, offered, ways_for
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form


@never_cache
@require_POST
def start(request: HttpRequest, way: str) -> HttpResponse:
    """Lead out to the program, by a page of our own: no form here is answered by a foreign address."""
    if request.user.is_authenticated and "again" not in request.POST:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _lead_out(request, way, None)


@never_cache
@require_POST
@require_role()
def start_binding(request: HttpRequest, way: str) -> HttpResponse:
    """The same for somebody who is signed in and wants to bind what she shows there."""
    if must_show_anew(request):
        return to_show_anew(request, reverse("signin:ways"))
    return _lead_out(request, way, request.user.pk)


def _lead_out(request: HttpRequest, way: str, bind_to: int | None) -> HttpResponse:
    found = offered(way)
    if found is None:
        raise Http404
    spend(limits.STARTS, address_of(request))
    wanted = request.POST.get("next", "")
    next_url = wanted if wanted and account_adapter().is_safe_url(wanted) else None
    nonce = secrets.token_urlsafe(24) if found.has_nonce else None
    provider = get_adapter().get_provider(request, way)
    kept = {"data": {"bind": bind_to}} | ({"nonce": nonce} if nonce else {})
    asked = provider.get_auth_params() | ({"nonce": nonce} if nonce else {})
    try:
        away = provider.redirect(request, "login", next_url, auth_params=asked, **kept)
    except (OAuth2Error, RequestException):
        messages.error(request, _("现在连不上对方，请稍后再试，或用密码登录。"))
        return adapter.back(request)
    return render(request, "accounts/signin/way_out.html", {"way": found, "address": away["Location"]})


@never_cache
@require_GET
def come_back(request: HttpRequest, way: str) -> HttpResponse:
    """Somebody comes back from the program with a code, good once and for the session that went out."""
    found = offered(way)
    if found is None:
        raise Http404
    spend(limits.RETURNS, address_of(request))
    view = OAuth2CallbackView.adapter_view(found.provider.oauth2_adapter_class)
    answer: HttpResponse = view(request)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Whose account the identity that was just shown opens from now on: the asker's, or that of an invitation code."""
    identity = pending.identity_of(request)
    if identity is None:
        return _nothing_to_bind(request)
    if request.user.is_authenticated:
        return _bind_to_own(request, identity)
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _bind_by_code(request, identity, form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
    return render_form(request, "accounts/signin/way_bind.html", {"form": form, **_shown(identity)})


def _nothing_to_bind(request: HttpRequest) -> HttpResponse:
    words = _("没有等待绑定的登录，请重新开始。")
    if request.user.is_authenticated:
        words = _("没有等待您绑定的登录：登录以前出示的、超过十分钟的都不算。请从“我的”里的“其他登录方式”重新开始。")
    messages.info(request, words)
    return adapter.back(request)


def _shown(identity: Identity) -> dict[str, Any]:
    return {"identity": identity, "label": KINDS[identity.kind]}


def _bind_to_own(request: HttpRequest, identity: Identity) -> HttpResponse:
    user: Any = request.user
    if must_show_anew(request):
        return to_show_anew(request, reverse("signin:way_bind"))
    if request.method != "POST":
        return render(request, "accounts/signin/way_bind.html", _shown(identity))
    pending.forget(request)
    if request.POST.get("step") == "bind":
        try:
            identities.bind(user, identity, request)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("已绑定，以后可以用%(way)s登录。") % {"way": KINDS[identity.kind]})
    return redirect("signin:ways")


def _bind_by_code(request: HttpRequest, identity: Identity, given: dict[str, Any]) -> HttpResponse:
    """Bind to the account of an invitation code, use the code up, and let its owner in. Raises Refusal."""
    way, next_url = request.session[pending.KEY]["way"], pending.next_of(request)
    user = codes.accept(
        request, given["username"], given["code"], lambda owner: identities.bind(owner, identity, request)
    )
    messages.success(request, _("已绑定，以后可以用%(way)s登录。") % {"way": KINDS[identity.kind]})
    return adapter.enter(request, user, way, next_url)


@never_cache
@require_safe
@require_role()
def again(request: HttpRequest) -> HttpResponse:
    """Who has neither password nor factor shows anew who she is by a program that opens her account."""
    kinds = set(identities.of_user(request.user).values_list("provider", flat=True))
    first, rest = ways_for(request.headers.get("User-Agent", ""))
    context = {"ways": [way for way in (*first, *rest) if way.kind in kinds], "next": request.GET.get("next", "")}
    return render(request, "account/way_again.html", context)


@never_cache
@require_safe
@require_role()
@shown_anew
def ways(request: HttpRequest) -> HttpResponse:
    """What opens my account beside my password, and what I could bind."""
    bound = list(identities.of_user(request.user))
    taken = {one.provider for one in bound}
    first, rest = ways_for(request.headers.get("User-Agent", ""))
    context = {
        "bound": [{"key": one.pk, "label": KINDS.get(one.provider, one.provider), "row": one} for one in bound],
        "free": [way for way in (*first, *rest) if way.kind not in taken],
    }
    return render(request, "accounts/signin/ways.html", context)


@require_POST
@require_role()
def unbind(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of my identities away; somebody else's is missing."""
    user: Any = request.user
    if not identities.of_user(user).filter(pk=pk).exists():
        raise Http404
    if must_show_anew(request):
        return to_show_anew(request, reverse("signin:ways"))
    try:
        identities.unbind(user, pk, request)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已解除，它不能再登录您的账号。"))
    return redirect("signin:ways")
