"""Answering with a file of rows: at once, or a page that waits for the worker's."""

from dataclasses import asdict

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.prepared.orders import TableOrder, standing_of
from geokit.refusal import Busy
from jobs.lanes import Lane
from jobs.models import Job
from jobs.queue import enqueue
from ledger.locks import wait_turn
from ui.downloads import table_response

AT_ONCE_ROWS = 5_000
MOST_WAITING = 3
"""Of one account."""
LOOK_AGAIN_S = 3
RUN = "accounts.prepared.jobs.run"


def table_or_wait(request: HttpRequest, table: str, found: QuerySet, name: str) -> HttpResponseBase:
    """Answer with the rows that the function at the path `table` gives, as the file `name` (csv or xlsx).

    `found` is what they are made of, for counting only, and no more of it is counted than decides. Above `AT_ONCE_ROWS`
    a worker writes the file: 202 and a page that looks again until it is there. Raises Busy where too many wait.
    """
    if not is_long(found):
        answer: HttpResponseBase = table_response(import_string(table)(request.user, request.GET), name)
    else:
        answer = _prepared(request, _order(request, table, name), name)
    answer["Cache-Control"] = "private, no-store"
    return answer


def is_long(found: QuerySet) -> bool:
    return found.order_by().values("pk")[: AT_ONCE_ROWS + 1].count() > AT_ONCE_ROWS


def _order(request: HttpRequest, table: str, name: str) -> TableOrder:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the routes are for people who are signed in
    query: QueryDict = request.GET
    language = get_language() or ""
    return TableOrder(table, user.pk, standing_of(user), query.urlencode(), name.rpartition(".")[2], language)


def _prepared(request: HttpRequest, order: TableOrder, name: str) -> HttpResponseBase:
    if order.is_fresh():
        return FileResponse(order.path.open("rb"), as_attachment=True, filename=name)
    _queue(order)
    context = {"look_again": LOOK_AGAIN_S, "name": name}
    response = render(request, "accounts/prepared/wait.html", context, status=202)
    response["Refresh"] = response["Retry-After"] = str(LOOK_AGAIN_S)
    return response


@transaction.atomic
def _queue(order: TableOrder) -> None:
    """Hand it to the worker, unless it waits there already."""
    wait_turn(f"accounts.prepared.{order.user}")
    waiting = Job.objects.filter(func=RUN, finished=None, args__0__user=order.user)
    if waiting.filter(args__0=asdict(order)).exists():
        return
    if waiting.count() >= MOST_WAITING:
        message = _("您已有 %d 份导出在准备，请等其中一份完成。") % MOST_WAITING
        raise Busy(message, code="exports-busy")
    enqueue(RUN, asdict(order), lane=Lane.DOWNLOADS)
