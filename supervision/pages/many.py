"""Many matters at once: the table of an officer's department or of the congress staff."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.permissions import require_role
from accounts.rate_limits.previews import spend_preview
from supervision.desk.many_matters import MATTERS_SHEET
from ui.many_rows import pages

PLACE = pages.Place(
    sheets={MATTERS_SHEET.name: MATTERS_SHEET},
    page=lambda _name: reverse("supervision:update"),
    xlsx=lambda _name: reverse("supervision:update_xlsx"),
    title=_("一次办理多件"),
    above=lambda: (_("全部发现"), reverse("supervision:list")),
    stem="matters",
    tileset="findings",
    spend_preview=spend_preview,
)


@require_role(Role.OFFICER, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def update(request: HttpRequest) -> HttpResponse:
    """The table of matters, and the steps that were filled in."""
    return pages.update(request, PLACE, MATTERS_SHEET.name)


@require_role(Role.OFFICER, Role.STAFF)
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    return pages.download(request, PLACE, MATTERS_SHEET.name)
