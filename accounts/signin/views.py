"""Pages about one's own way in: sessions, last sign-ins, password, mailbox; and the log for administrators."""

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.factors import policy
from accounts.people.credentials.queries import mailbox_is_own
from accounts.permissions import require_role
from accounts.sessions import services as sessions
from accounts.sessions.anew import shown_anew
from accounts.sessions.limits import limits_of
from accounts.signin import links, queries, services
from accounts.signin.forms import EmailForm, ResetForm
from accounts.signin.ways.registry import ways_for
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.private_pages import private_page

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 20


@never_cache
@require_safe
@require_role()
def mine(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, my last sign-ins, and the ways to change my way in."""
    user: Any = request.user
    context = {
        "sessions": sessions.sessions_of(user),
        "this_key": request.session.session_key,
        "events": queries.events_of(user)[:SHOWN],
        "factors": policy.factors_of(user).count(),
        "is_required": policy.is_required(user.role),
        "limits": limits_of(user.role),
    }
    return render(request, "accounts/signin/mine.html", context)


@require_POST
@require_role()
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my sessions; somebody else's is missing."""
    user: Any = request.user
    if not sessions.end(user, pk, request):
        raise Http404
    messages.success(request, _("那台设备上的登录已结束。"))
    return redirect("signin:mine")


@require_POST
@require_role()
def end_others(request: HttpRequest) -> HttpResponse:
    """End every session of mine but this one."""
    user: Any = request.user
    count = sessions.end_others(request, user)
    messages.success(request, _("已结束其他 %(count)d 处登录。") % {"count": count})
    return redirect("signin:mine")


@never_cache
@require_http_methods(METHODS)
@require_role()
@shown_anew
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another mailbox; it is hers once the mailbox has answered."""
    user: Any = request.user
    form = EmailForm(user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return _ask_for_email(request, user, form.cleaned_data["email"])
        except Refusal as refusal:
            form.show(refusal)
    unconfirmed = bool(user.email) and not mailbox_is_own(user)
    context = {"form": form, "email": user.email, "unconfirmed": unconfirmed}
    return render_form(request, "accounts/signin/email.html", context)


def _ask_for_email(request: HttpRequest, user: Any, wanted: str) -> HttpResponse:
    if wanted:
        services.ask_for_email(user, wanted)
        messages.success(request, _("确认邮件已发往 %(email)s，两天内打开里面的链接才生效。") % {"email": wanted})
    elif user.email:
        services.drop_email(user, request)
        messages.success(request, _("已去掉邮箱，以后只在站内通知。"))
    return redirect("signin:mine")


@never_cache
@require_http_methods(METHODS)
def confirm_email(request: HttpRequest, token: str, signature: str) -> HttpResponse:
    """The owner of the new mailbox says that it is hers; a look at the page changes nothing."""
    found = links.email_change(token, signature)
    if found is None:
        raise Http404
    user, wanted = found
    if request.method == "POST":
        services.confirm_email(user, wanted, request)
        messages.success(request, _("邮箱已换成 %(email)s。") % {"email": wanted})
        return redirect("signin:mine" if request.user == user else "home")
    return private_page(render(request, "accounts/signin/email_confirm.html", {"person": user, "email": wanted}))


@never_cache
@require_http_methods(METHODS)
def reset(request: HttpRequest) -> HttpResponse:
    """Somebody lost her password; the answer is the same whether there is such an account or not."""
    form = ResetForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_reset(request, form.cleaned_data["name"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            return render(request, "accounts/signin/reset_asked.html")
    return render_form(request, "accounts/signin/reset.html", {"form": form})


class SignIn(LoginView):
    """Allauth's page, with what this browser offers beside the password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first, rest = ways_for(self.request.headers.get("User-Agent", ""))
        return {**super().get_context_data(**kwargs), "first_ways": first, "other_ways": rest}


sign_in = SignIn.as_view()


class ChangePassword(PasswordChangeView):
    """Allauth's page, without its way to set a password where there is none: that is what invitations are for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user: Any = request.user
        if not user.has_usable_password():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


change_password = login_required(shown_anew(never_cache(ChangePassword.as_view())))
