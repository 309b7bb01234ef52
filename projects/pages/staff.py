"""Pages of congress staff: the rule of the lights, and a new candidate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import is_district_staff, require_district_staff
from geokit.refusal import BadInput
from projects.pages.access import signed_in
from projects.pages.editing import FORM
from projects.pages.forms.plan import CandidateForm, LightForm
from projects.plan.editing import set_light_rule
from projects.plan.lights import current_rule
from projects.plan.models import LightSetting
from projects.proposals.places import place_of
from projects.stages.candidates import CandidateDraft, create_candidate
from ui.forms.refusable import render_form

PLANNED = ("name", "year", "category", "lead", "summary", "goal", "budget_wan", "starts_on", "ends_on", "address")


@require_http_methods(FORM)
def lights(request: HttpRequest) -> HttpResponse:
    """How the lights are computed, and how it was before; congress staff lay it down."""
    rule, may_set = current_rule(), is_district_staff(request.user)
    form = LightForm(request.POST if may_set and request.method == "POST" else None, initial=_initial(rule))
    if request.method == "POST":
        return _set_lights(request, form)
    return _lights_page(request, form, may_set)


@require_district_staff
def _set_lights(request: HttpRequest, form: LightForm) -> HttpResponse:
    if form.is_valid():
        try:
            set_light_rule(signed_in(request), **form.cleaned_data)
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("规则已生效，所有项目的亮灯已按新规则重新计算。"))
            return redirect("projects:lights")
    return _lights_page(request, form, True)


def _lights_page(request: HttpRequest, form: LightForm, may_set: bool) -> HttpResponse:
    settings = LightSetting.objects.select_related("author").order_by("-pk")
    context = {"form": form, "rule": current_rule(), "settings": settings, "may_set": may_set}
    return render_form(request, "projects/editing/lights.html", context)


def _initial(rule: object) -> dict[str, object]:
    return {name: getattr(rule, name) for name in LightForm.Meta.fields}


@require_http_methods(FORM)
@require_district_staff
def new_candidate(request: HttpRequest) -> HttpResponse:
    """Write down a new candidate."""
    form = CandidateForm(
        request.POST if request.method == "POST" else None, initial={"year": timezone.localdate().year + 1}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            place, town = place_of(given["lng"], given["lat"], given["area"], given["address"])
            draft = CandidateDraft(area=town, geom=place, **{name: given[name] for name in PLANNED})
            project = create_candidate(draft, signed_in(request), given["reason"])
        except BadInput as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("候选项目已登记。"))
            return redirect(project)
    return render_form(request, "projects/editing/candidate.html", {"form": form})
