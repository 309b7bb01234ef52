"""The log of signing in, for administrators: searched on a page, taken away as a file."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import rules
from accounts.directory.models import Role
from accounts.permissions import Asker, require_role
from accounts.prepared.answers import table_or_wait
from accounts.sessions.models import SignInEvent
from accounts.signin import queries
from accounts.signin.forms import SignInFilter
from ui.downloads import TABLE_FILES
from ui.pagination import page_of

PAGE_SIZE = 100
MOST_ROWS = 1_000_000
"""Rows of a file, the newest ones; a longer time is taken away in parts."""


@never_cache
@require_safe
@require_role(Role.ADMIN)
def log(request: HttpRequest) -> HttpResponse:
    """Who came, who did not get in, from which network and device."""
    form = SignInFilter(request.GET)
    form.is_valid()
    page = page_of(request, queries.chosen(queries.events_visible_to(request.user), form.cleaned_data), PAGE_SIZE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "query": query.urlencode(), "days": rules.value("signin.log_days")}
    return render(request, "accounts/signin/log.html", context)


@never_cache
@require_safe
@require_role(Role.ADMIN)
def download(request: HttpRequest, extension: str) -> HttpResponseBase:
    """What the page with the same address shows, all its pages; a worker writes what is long."""
    if extension not in TABLE_FILES:
        raise Http404
    found, name = _chosen(request.user, request.GET), f"sign-ins-{timezone.localdate()}.{extension}"
    return table_or_wait(request, "accounts.signin.log_views.table", found, name)


def _chosen(reader: Asker, query: QueryDict) -> QuerySet[SignInEvent]:
    form = SignInFilter(query)
    form.is_valid()
    return queries.chosen(queries.events_visible_to(reader), form.cleaned_data)


def table(reader: Asker, query: QueryDict) -> Iterator[list[str]]:
    """The rows of the file, its head first."""
    yield [_("时间"), _("账号"), _("姓名"), _("结果"), _("验证方式"), _("网络"), _("设备"), _("登录方式")]
    yield from map(_row, _chosen(reader, query)[:MOST_ROWS].iterator(chunk_size=2_000))


def _row(event: SignInEvent) -> list[str]:
    name, person = (event.user.username, str(event.user)) if event.user else (event.unknown_name, _("没有这个账号"))
    at = timezone.localtime(event.at).isoformat(timespec="seconds")
    factor = event.get_factor_display() if event.factor else ""
    way = event.get_way_display() if event.way else ""
    return [at, name, person, str(event.get_outcome_display()), str(factor), event.network, event.device, str(way)]
