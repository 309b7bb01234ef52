"""`/numbers/`: how matters are answered, filtered as one, and what the other rooms count beside it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from accounts.prepared.answers import table_or_wait
from accounts.saved_views.pages import KeptPage
from accounts.tokens.by_token import by_token
from accounts.tokens.reading import READS
from reporting.dashboard import export, page_data
from reporting.dashboard.comparison import SIDES, SideForm, months_chart, name_of, rows_of, side_of
from reporting.dashboard.distribution import LEAST
from reporting.dashboard.matters import counted, on_map
from reporting.dashboard.related_figures import related
from reporting.dashboard.selection import ListForm, SelectionForm
from reporting.indicators.room_figures import sources
from supervision.matters.answers import FIGURES
from ui.downloads import TABLE_FILES, file_response
from ui.forms.refusable import check_filter
from ui.pagination import page_of

PAGE_SIZE = 50
KEPT = KeptPage(
    "numbers", "numbers_views", "numbers_view_remove", gettext_lazy("网址可以发给同事，各人看到的是自己能看的数字。")
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show counts with their denominators, as far as the reader may see what is counted."""
    form = SelectionForm(request.user, request.GET or {"by": "area"})
    choice = form.choice()
    today = timezone.localdate()
    context: dict[str, Any] = {"form": form, "as_of": timezone.localtime()}
    shown = page_data.numbers_of(request.user, choice, today)
    context |= page_data.context(request.user, shown, today)
    context["may_see_matters"] = page_data.may_see_matters(request.user)
    context |= {"views": KEPT.context(request), "is_filtered": request.user.is_authenticated and bool(choice.query())}
    if choice.is_narrow:
        others = related(request.user, choice, today)
        own = on_map(request.user, choice, today, page_data.MOST_ON_MAP)
        context |= {"related": others, "on_map": others.on_map | own}
    else:
        context["sections"] = [source.section(request.user) for source in sources().values() if source.section]
    return render(request, "reporting/dashboard/page.html", context)


@require_POST
@require_role()
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the question of the page under a name."""
    return KEPT.keep(request)


@require_POST
@require_role()
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a view that one keeps."""
    return KEPT.remove(request, pk)


@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF, Role.ADMIN)
def compare(request: HttpRequest) -> HttpResponse:
    """Two questions side by side, each with its own prefix in the address; the same figures as on the page."""
    today = timezone.localdate()
    forms = [SideForm(request.user, request.GET, side) for side in SIDES]
    one, other = (side_of(request.user, form.choice(), today, name_of(str(form.prefix))) for form in forms)
    context = {
        "forms": forms,
        "sides": (one, other),
        "rows": rows_of(one, other),
        "drawing": months_chart(one, other),
        "least": LEAST,
    }
    return render(request, "reporting/dashboard/compare.html", context)


@by_token(READS)
@require_safe
def download(request: HttpRequest, extension: str) -> HttpResponse:
    """What the page with the same query shows, as a file; one drawing of it as PNG (``chart=map|days|months``)."""
    if extension not in export.FORMATS or not page_data.may_see_matters(request.user):
        raise Http404
    form = SelectionForm(request.user, request.GET)
    check_filter(form)
    shown = page_data.numbers_of(request.user, form.choice())
    content = export.write(shown, extension, request.GET.get("chart", ""))
    response = file_response(content, f"numbers-{timezone.localdate()}.{extension}")
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF, Role.ADMIN)
def matters(request: HttpRequest) -> HttpResponse:
    """The matters that a figure counts: the question of the numbers page with ``figure`` (`answers.FIGURES`)."""
    form = ListForm(request.user, request.GET)
    choice, figure = form.choice(), form.figure_asked()
    found = counted(request.user, choice, figure, timezone.localdate())
    context = {
        "form": form,
        "page": page_of(request, found, PAGE_SIZE),
        "asked": page_data.asked(choice),
        "figure": FIGURES[figure][0] if figure else "",
        "query": request.GET.urlencode(),
        "numbers_query": choice.query(),
    }
    return render(request, "reporting/dashboard/matters.html", context)


@require_safe
@require_role(Role.DEPUTY, Role.OFFICER, Role.STAFF, Role.ADMIN)
def matters_file(request: HttpRequest, extension: str) -> HttpResponseBase:
    """The same list as CSV or XLSX; a worker writes what is long."""
    if extension not in TABLE_FILES:
        raise Http404
    form = ListForm(request.user, request.GET)
    check_filter(form)
    found = counted(request.user, form.choice(), form.figure_asked(), timezone.localdate())
    name = f"numbers-matters-{timezone.localdate()}.{extension}"
    return table_or_wait(request, "reporting.dashboard.matters.table", found, name)
