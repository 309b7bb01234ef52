"""The pages on which somebody has other systems called, and sees how the calls went."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role, User
from accounts.notices.models import RobotHost
from accounts.permissions import require_role
from exchange.pages.forms import WebhookForm
from exchange.webhooks import services
from exchange.webhooks.models import Endpoint
from exchange.webhooks.permissions import endpoints_visible_to
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of

PAGE = 50
makers_only = require_role(Role.STAFF, Role.GIS)


@require_http_methods(["GET", "HEAD", "POST"])
@makers_only
def index(request: HttpRequest) -> HttpResponse:
    """My webhooks, all of them for administrators, and a form for another; its secret is shown on the answer, once."""
    form = WebhookForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = services.make_endpoint(_user(request), **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            return _with_secret(request, made)
    found = endpoints_visible_to(request.user).select_related("maker").order_by("-is_active", "name", "pk")
    context = {"form": form, "endpoints": found, "hosts": RobotHost.objects.all()}
    return render_form(request, "exchange/webhooks.html", context)


def _with_secret(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    answer = render(request, "exchange/webhook_secret.html", {"endpoint": endpoint})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@makers_only
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook and its calls, the newest first."""
    endpoint = get_object_or_404(endpoints_visible_to(request.user).select_related("maker"), pk=pk)
    context = {
        "endpoint": endpoint,
        "is_mine": endpoint.maker_id == _user(request).pk,
        "two_sign": endpoint.former_until is not None and endpoint.former_until > timezone.now(),
        "why": _reasons().get(endpoint.ended_because, ""),
        "page": page_of(request, endpoint.calls.all(), PAGE),
    }
    return render(request, "exchange/webhook.html", context)


def _reasons() -> dict[str, str]:
    return {
        "ended": _("已由人停用。"),
        "maker": _("创建人的账号已停用，或角色、区域有变。"),
        "failing": _("对方的地址连续多日没有正常答复。"),
        "gone": _("对方答复不再接收（410）。"),
    }


@require_POST
@makers_only
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Try a webhook, change its secret, or end it."""
    endpoint = get_object_or_404(endpoints_visible_to(request.user), pk=pk)
    user = _user(request)
    if step not in ("try", "secret", "end"):
        raise Http404
    if step != "end" and endpoint.maker_id != user.pk:
        raise Http404
    try:
        if step == "secret":
            return _with_secret(request, services.change_secret(user, pk))
        if step == "try":
            services.try_endpoint(user, pk)
            messages.info(request, _("测试消息已排队，稍后刷新本页看结果。"))
        else:
            services.end_endpoint(user, pk)
            messages.success(request, _("已停用，不再通知这个地址。"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(endpoint)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - `makers_only` has let her in
    return request.user
