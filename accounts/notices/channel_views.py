"""Channels to one's own address: bind it and choose; and for administrators what to set, and whether it works."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory.models import Role
from accounts.notices import own_addresses
from accounts.notices.channels import CHANNELS, OWN_CHANNELS
from accounts.notices.forms import AddressForm, CodeForm, WantedForm
from accounts.notices.models import Delivery, OwnAddress
from accounts.permissions import require_role
from accounts.rate_limits import address_of
from accounts.sessions.anew import must_show_anew, to_show_anew
from geokit.refusal import Refusal
from ui.forms.refusable import RefusableForm, render_form

DONE = {
    "ask": lambda: _("验证码已发出，请在十分钟内填写。"), "confirm": lambda: _("已确认，以后的通知也会发到这里。"),
    "take": lambda: _("已确认，以后的通知也会发到这里。"),
    "choose": lambda: _("已保存。"), "remove": lambda: _("已删除，不再往那里发。"),
}  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def own_address(request: HttpRequest, channel: str) -> HttpResponse:
    """My address on one channel: ask for a code, confirm it, choose when, take it back.

    Whoever binds another one shows anew who she is: what is sent there goes on when the session is over.
    """
    own = own_addresses.set_up().get(channel)
    if own is None:
        raise Http404
    row = OwnAddress.objects.filter(user=request.user.pk, channel=channel).first()
    forms, step = _forms(own, row), request.POST.get("step", "")
    if request.method == "POST":
        if step not in DONE:
            raise Http404
        if step == "ask" and must_show_anew(request):
            return to_show_anew(request, request.path)
        if done := _take(request, channel, step, forms):
            return done
    context = {
        "label": CHANNELS[channel].label, "own": own, "row": row, "forms": forms, "channel": channel,
        "is_asked": row is not None and row.code_until is not None, "form": forms.get(step, forms["ask"]),
        "proven": own_addresses.proven(request.user, own),
    }  # fmt: skip
    return render_form(request, "accounts/own_address.html", context)


def _forms(own: Any, row: OwnAddress | None) -> dict[str, RefusableForm]:
    forms: dict[str, RefusableForm] = {"ask": AddressForm(own, auto_id="ask-%s"), "confirm": CodeForm()}
    if row is not None:
        forms["choose"] = WantedForm(initial={"wanted": row.wanted})
    return forms


def _take(request: HttpRequest, channel: str, step: str, forms: dict[str, RefusableForm]) -> HttpResponse | None:
    """Take one step; None where its form comes back with an error."""
    user: Any = request.user
    if step == "remove":
        own_addresses.remove(user, channel)
    elif step == "take":
        own_addresses.take(user, channel)
    elif step not in forms:
        raise Http404
    else:
        form = forms[step].filled(request.POST)  # type: ignore[attr-defined]  # each of them has it
        forms[step] = form
        if not form.is_valid():
            return None
        try:
            more = {"asked_from": address_of(request)} if step == "ask" else {}
            getattr(own_addresses, step)(user, channel, **form.cleaned_data, **more)
        except Refusal as refusal:
            form.show(refusal)
            return None
    messages.success(request, DONE[step]())
    return redirect("notices:preferences") if step == "remove" else redirect("notices:own_address", channel=channel)


@never_cache
@require_safe
@require_role(Role.ADMIN)
def channels(request: HttpRequest) -> HttpResponse:
    """What the operator types where, and whether each channel works. No value is ever shown."""
    return render(request, "accounts/channels.html", {"rows": [_state(request.user, name) for name in OWN_CHANNELS]})


def _state(user: Any, name: str) -> dict[str, Any]:
    own = OWN_CHANNELS[name]
    missing = set(own.missing())
    last = Delivery.objects.filter(channel=name, attempts__gt=0).order_by("-tried_at").first()
    bound = OwnAddress.objects.filter(channel=name, confirmed_at__isnull=False)
    return {
        "name": name,
        "label": CHANNELS[name].label,
        "variables": [(variable, variable.name not in missing) for variable in own.needed()],
        "is_set_up": not missing,
        "notes": own.notes,
        "last": last,
        "people": bound.count(),
        "is_mine": bound.filter(user=user).exists(),
    }


@require_POST
@require_role(Role.ADMIN)
def try_channel(request: HttpRequest, channel: str) -> HttpResponse:
    """Send myself a test message."""
    try:
        own_addresses.try_channel(request.user, channel)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("测试消息已排队，稍后刷新本页看结果。"))
    return redirect("notices:channels")
