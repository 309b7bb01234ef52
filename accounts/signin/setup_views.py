"""What the operator types where, so that people sign in by other programs and pages may use these programs' scripts."""

from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from accounts.directory.models import Role
from accounts.notices.channels import NotDelivered
from accounts.permissions import require_role
from accounts.rate_limits import spend
from accounts.signin.in_app import tickets
from accounts.signin.in_app.programs import PROGRAMS
from accounts.signin.ways import limits
from accounts.signin.ways.registry import WAYS, offered
from geokit.refusal import Refusal


@never_cache
@require_safe
@require_role(Role.ADMIN)
def setup(request: HttpRequest) -> HttpResponse:
    """Variables, addresses and notes of every way. No value is ever shown."""
    context = {"rows": [_state(name) for name in WAYS], "site_host": settings.SITE_HOST}
    return render(request, "accounts/signin/ways_setup.html", context)


def _state(name: str) -> dict[str, Any]:
    way = WAYS[name]
    missing = set(way.missing())
    return {
        "way": way,
        "variables": [(variable, variable.name not in missing) for variable in way.needed],
        "is_listed": name in settings.SIGN_IN_WAYS,
        "is_offered": way.is_offered(),
        "callback": way.callback(),
        "sdk": _sdk(name),
    }


def _sdk(name: str) -> dict[str, Any] | None:
    """How it is with the program's own script."""
    if (program := PROGRAMS.get(name)) is None:
        return None
    missing = set(program.missing())
    return {
        "program": program,
        "variables": [(each, each not in missing) for each in program.names()],
        "is_on": program.is_on(),
        "said": tickets.failure_of(program),
    }


@require_POST
@require_role(Role.ADMIN)
def probe(request: HttpRequest, way: str) -> HttpResponse:
    """Ask the program whether number and secret are good."""
    found = offered(way)
    if found is None or found.probe is None:
        raise Http404
    spend(limits.PROBES, f"user:{request.user.pk}")
    try:
        found.probe(request)
    except (OAuth2Error, RequestException, NotDelivered, Refusal, OSError) as error:
        said = f"{type(error).__name__}: {error}"[:200]
        messages.error(request, _("%(way)s没有接受：%(said)s") % {"way": found.label, "said": said})
    else:
        words = _("%(way)s接受了编号和密钥。还请自己登录一次，确认回调地址也登记对了。")
        messages.success(request, words % {"way": found.label})
    return redirect("signin:ways_setup")
