"""Pages of readers without an account: say yes to mail, and say no. A look at the page changes nothing."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.notices import links, services
from ui.private_pages import private_page

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailbox's owner says that she wants our mail."""
    address = links.address_of(token, links.CONFIRM)
    if address is None:
        raise Http404
    if request.method == "POST":
        services.confirm(address)
        messages.success(request, _("邮箱已确认，有新消息时会发邮件给您。"))
        return redirect("home")
    return private_page(render(request, "accounts/address.html", {"address": address, "leaving": False}))


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is what lets them
@require_http_methods(METHODS)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """She wants no more."""
    address = links.address_of(token, links.UNSUBSCRIBE)
    if address is None:
        raise Http404
    if request.method == "POST":
        services.unsubscribe(address)
        return private_page(
            render(request, "accounts/address.html", {"address": address, "leaving": True, "left": True})
        )
    return private_page(render(request, "accounts/address.html", {"address": address, "leaving": True}))
