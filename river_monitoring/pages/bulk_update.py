"""Many points or measures at once: the tables of a department's officers."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from accounts.rate_limits.previews import spend_preview
from river_monitoring.bulk_update.sheets import SHEETS
from ui.many_rows import pages

PLACE = pages.Place(
    sheets=SHEETS,
    page=lambda name: reverse("river:update", args=[name]),
    xlsx=lambda name: reverse("river:update_xlsx", args=[name]),
    title=_("一次更新多个"),
    above=lambda: (_("监测点位"), reverse("river:point_list")),
    stem="river",
    tileset="monitoring_points",
    spend_preview=spend_preview,
)


@require_role(Role.OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest, name: str) -> HttpResponse:
    """One of the tables, and what was changed in it."""
    return pages.update(request, PLACE, name)


@require_role(Role.OFFICER)
@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    """The same as a workbook."""
    return pages.download(request, PLACE, name)
