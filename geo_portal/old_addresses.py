"""An address that this site does not have: where an older site had a page there, the way to where it stands now."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404

from accounts.directory.levels import DISTRICT, district_or_above, districts
from accounts.looking import NAME
from publishing.imports.addresses import page_at
from publishing.register.models import SitePage
from ui.refusals import not_found as nothing_there

KEPT_SECONDS = 3600
"""As long as a browser goes by itself; an address that was taken away stops by then."""


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """301 to the page that had this address elsewhere, else 404; what a page of ours says is not there is not asked."""
    asks = request.method in ("GET", "HEAD") and isinstance(exception, Resolver404)
    page = page_at(request.path_info, request.META.get("QUERY_STRING", "")) if asks else None
    if page is None:
        return nothing_there(request, exception)
    answer = HttpResponsePermanentRedirect(f"{page.get_absolute_url()}{_of_its_district(page)}")
    answer["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return answer


def _of_its_district(page: SitePage) -> str:
    """Where there are several districts, the page is shown as its own one's."""
    own = district_or_above(page.area) if districts().several else None
    return f"?{NAME}={own.code}" if own is not None and own.level == DISTRICT else ""
