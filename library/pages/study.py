"""Saying on the page of a study document that one has gone through it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import require_role
from geokit.refusal import BadInput
from library.study.services import mark_studied


@require_POST
@require_role()
def studied(request: HttpRequest, code: str) -> HttpResponse:
    """Keep one's own mark; nobody else is shown it."""
    try:
        mark_studied(request.user, code)  # type: ignore[arg-type]
    except BadInput:
        raise Http404 from None
    messages.success(request, _("已记下：这份资料您学完了。"))
    return redirect("library:document", code)
