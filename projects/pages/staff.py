"""The page of the rule of the lights, and that of congress staff for a new candidate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import rules
from accounts.permissions import require_leader
from accounts.rules import page
from accounts.rules.permissions import may_keep_rules
from accounts.rules.registry import rule_of
from geokit.refusal import BadInput
from projects.pages.access import signed_in
from projects.pages.editing import FORM
from projects.pages.forms.plan import CandidateForm
from projects.plan.lights import KEYS, rule_on
from projects.proposals.places import place_of
from projects.stages.candidates import CandidateDraft, create_candidate
from ui.forms.refusable import render_form

PLANNED = ("name", "year", "category", "lead", "summary", "goal", "budget_wan", "starts_on", "ends_on", "address")


@require_safe
def lights(request: HttpRequest) -> HttpResponse:
    """How the lights are computed, and where the rules of the district say so."""
    book = rules.book()
    context = {
        "rule": rule_on(book=book),
        "lines": [page.line_of(rule_of(key), book) for key in KEYS],
        "version": book.version(),
        "may_set": may_keep_rules(request.user),
    }
    return render(request, "projects/lights.html", context)


@require_http_methods(FORM)
@require_leader
def new_candidate(request: HttpRequest) -> HttpResponse:
    """Write down a new candidate."""
    form = CandidateForm(
        request.POST if request.method == "POST" else None,
        initial={"year": timezone.localdate().year + 1},
        user=request.user,
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
