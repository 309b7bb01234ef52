"""A page that keeps its filters as views: what its template needs, and the two addresses that keep and remove."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.saved_views import services
from geokit.refusal import Refusal


@dataclass(frozen=True)
class KeptPage:
    """A page by its route, with the routes that keep a view of it and remove one.

    The page includes `ui/saved_views.html` with what `context` gives, under the name `views`.
    """

    route: str
    keeps: str
    removes: str
    shared: Any
    """What is said of the address when a view was kept: who else sees what by it."""

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """The views of whoever asks, and the question that is on the screen."""
        mine = services.views_of(request.user, self.route) if request.user.is_authenticated else ()
        return {
            "page": reverse(self.route),
            "keeps": reverse(self.keeps),
            "query": services.tidy(request.GET.urlencode()),
            "kept": [(view, reverse(self.removes, args=[view.pk])) for view in mine],
        }

    def keep(self, request: HttpRequest) -> HttpResponse:
        """Keep the filters that were sent under the name that was sent."""
        query = services.tidy(request.POST.get("query", ""))
        try:
            kept = services.save_view(request.user, self.route, request.POST.get("name", ""), query)
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            query = kept.query
            messages.success(
                request, _("已保存视图“%(name)s”。%(shared)s") % {"name": kept.name, "shared": self.shared}
            )
        return redirect(f"{reverse(self.route)}?{query}")

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove one's own view; whoever has none such finds nothing."""
        if not services.remove_view(request.user, self.route, pk):
            raise Http404
        messages.success(request, _("已删除这个视图。"))
        return redirect(self.route)
