"""The page of expected deliveries: what is late, how long, whose it is; and reminding."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from geokit.refusal import Refusal
from layers.catalogue.deliveries import expected, remind
from layers.permissions import layers_managed_by, may_edit_layers, require_layer_editor, require_layer_keeper
from layers.sources.permissions import sources_managed_by
from ui.pagination import page_of

PAGE_SIZE = 50


@require_safe
@require_layer_keeper
def deliveries(request: HttpRequest) -> HttpResponse:
    """Layers of which the next version is expected by a day, the longest late first."""
    found = expected(layers_managed_by(request.user)).select_related("department")
    context = {
        "page": page_of(request, found, PAGE_SIZE),
        "failing": sources_managed_by(request.user).filter(is_active=True, failures__gt=0)[:PAGE_SIZE],
        "today": timezone.localdate(),
        "reminds": may_edit_layers(request.user),
        "unexpected": layers_managed_by(request.user).filter(expected_days=None).count(),
    }
    return render(request, "layers/catalogue/deliveries.html", context)


@require_POST
@require_layer_editor
def remind_department(request: HttpRequest, slug: str) -> HttpResponse:
    """Remind the department that brings a layer."""
    layer = get_object_or_404(layers_managed_by(request.user), slug=slug)
    try:
        told = remind(request.user, layer.slug)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已提醒 %d 位联络员。") % told if told else _("今天已经提醒过。"))
    return redirect("layers:deliveries")
