"""The reception slip (接待登记单): a sheet to write on at the reception, or what was recorded, to print and file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import require_role
from stations.receptions.permissions import matters_visible_to
from stations.receptions.queries import reception_days
from stations.register.permissions import deputy_of, may_run

BLANKS = 8
"""Empty rows of a sheet that is written on by hand."""


@never_cache
@require_safe
@require_role()
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The slip of a day, for who runs the station or receives that day; names of visitors are not on it."""
    day = get_object_or_404(reception_days(request.user).prefetch_related("departments"), pk=pk)
    own = deputy_of(request.user)
    receives = own is not None and day.deputies.filter(pk=own.pk).exists()
    if not receives and not may_run(request.user, day.station):
        raise Http404
    matters = list(matters_visible_to(request.user).filter(reception=day))
    context = {
        "day": day,
        "matters": matters,
        "blanks": range(len(matters) + 1, BLANKS + 1) if not day.held else (),
        "present": day.attendances.select_related("deputy") if day.held else [],
    }
    return render(request, "stations/slip.html", context)
