"""`/boards/warnings/` and `/boards/rules/`: what was warned of and decided, and the rules with their trial."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.areas.filters import departments_around, departments_shown, offer_departments
from accounts.models import Area, Role
from accounts.permissions import require_district_staff, require_role
from geokit.refusal import Refusal
from reporting.boards import drawings
from reporting.boards.classes import classes_from
from reporting.boards.page import place_query
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.observations.places import Place
from reporting.observations.series import Value
from reporting.pages.forms.warnings import ConditionForms, ConfirmForm, DecisionForm, RuleForm, conditions_from
from reporting.warnings.conditions import words_of
from reporting.warnings.models import EarlyWarning, WarningRule, WarningRuleVersion
from reporting.warnings.permissions import may_decide, may_make_rules, warnings_visible_to
from reporting.warnings.rules import precision_of, save_rule, switch, try_rule
from reporting.warnings.table import TABLE, Verb
from reporting.warnings.trial import MOST_LISTED, Trial
from reporting.warnings.workflow import decide, period_words, place_words, say
from ui.forms.refusable import posted, posted_version, render_form
from ui.refusals import status_of

READERS = (Role.STAFF, Role.OFFICER)
SHOWN = 100
STEPS = {
    "confirm": (Verb.CONFIRM, ConfirmForm),
    "dismiss": (Verb.DISMISS, DecisionForm),
    "close": (Verb.CLOSE, DecisionForm),
}


@require_role(*READERS)
@require_safe
def warning_list(request: HttpRequest) -> HttpResponse:
    """Warnings, those that are open first; ``?rule=`` and ``?state=`` narrow them."""
    rows = warnings_visible_to(request.user).select_related("rule", "area", "feature")
    rule, state = request.GET.get("rule", ""), request.GET.get("state", "")
    rows = rows.filter(rule__code=rule) if rule else rows
    rows = rows.filter(state=state) if TABLE.knows(state) else rows
    context = {
        "warnings": [
            (one, place_words(one), TABLE.label(one.state), TABLE.state(one.state).tone)
            for one in rows.order_by("state", "due_on")[:SHOWN]
        ],
        "states": TABLE.choices(),
        "state": state,
        "rule": rule,
        "may_decide": may_make_rules(request.user),
    }
    return render(request, "reporting/boards/warnings.html", context)


@require_role(*READERS)
@require_safe
def warning(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning with its values, its steps, and for those who decide the forms."""
    found = get_object_or_404(warnings_visible_to(request.user), pk=pk)
    return _warning_page(request, found)


def _warning_page(request: HttpRequest, found: EarlyWarning, refused: tuple[str, Any] | None = None) -> HttpResponse:
    forms: dict[str, Any] = {}
    if may_decide(request.user, found):
        for name, (verb, form_class) in STEPS.items():
            if any(line.source == found.state and line.verb == verb for line in TABLE.transitions):
                initial = {"version": found.version, "department": getattr(found.rule.department, "code", None)}
                forms[name] = form_class(initial=initial, auto_id=f"{name}-%s")
                offer_departments(forms[name], departments_around(found.area))
    if refused and refused[0] in forms:
        forms[refused[0]] = refused[1]
    context = {
        "warning": found,
        "place": place_words(found),
        "place_query": place_query(found.place),
        "state": TABLE.label(found.state),
        "tone": TABLE.state(found.state).tone,
        "period": period_words(found),
        "causes": [(say(cause), cause["indicator"]) for cause in found.causes],
        "events": [(event, [say(cause) for cause in event.causes]) for event in found.events.select_related("actor")],
        "forms": [(name, TABLE.verbs[STEPS[name][0]], form) for name, form in forms.items()],
        "form": refused[1] if refused else None,
    }
    if refused is None:
        return render(request, "reporting/boards/warning.html", context)
    return render_form(request, "reporting/boards/warning.html", context, refused[1])


@require_POST
@require_role(*READERS)
def warning_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Confirm, dismiss or close."""
    found = get_object_or_404(warnings_visible_to(request.user), pk=pk)
    if step not in STEPS:
        raise Http404
    verb, form_class = STEPS[step]
    form = form_class(request.POST, auto_id=f"{step}-%s")
    offer_departments(form, departments_around(found.area))
    if form.is_valid():
        given = form.cleaned_data
        try:
            decide(request.user, pk, verb, **given)
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("已登记。"))
            return redirect(found)
    return _warning_page(request, found, (step, form))


@require_district_staff
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules, whether they are on, and how often they were right."""
    rules = list(WarningRule.objects.select_related("department"))
    right = precision_of(rules)
    newest = {one.rule_id: one for one in WarningRuleVersion.objects.order_by("rule_id", "-number").distinct("rule_id")}
    titles = {one.code: one for one in Indicator.objects.all()}
    lines = [
        (
            rule,
            right.get(rule.pk),
            [words_of(one, titles) for one in newest[rule.pk].conditions if one["indicator"] in titles],
        )
        for rule in rules
        if rule.pk in newest
    ]
    return render(request, "reporting/boards/rules.html", {"rules": lines})


@require_district_staff
@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule with its versions; with ``?try=1`` also what it would have done in the past."""
    found = get_object_or_404(WarningRule, code=code)
    trial, problem = None, ""
    if request.GET.get("try"):
        try:
            trial = try_rule(found)
        except Refusal as refusal:
            problem = refusal.message
    return _rule_page(request, found, trial, problem)


def _rule_page(
    request: HttpRequest, found: WarningRule, trial: Trial | None, problem: str, status: int = 200
) -> HttpResponse:
    titles = {one.code: one for one in Indicator.objects.all()}
    versions = [
        (
            version,
            [words_of(one, titles) for one in version.conditions if one["indicator"] in titles],
            any("weight" in one for one in version.conditions),
        )
        for version in found.versions.select_related("made_by")
    ]
    context: dict[str, Any] = {
        "rule": found,
        "versions": versions,
        "precision": precision_of([found]).get(found.pk),
        "trial": trial,
        "problem": problem,
    }
    if trial is not None:
        context |= _trial_context(trial)
    return render(request, "reporting/boards/rule.html", context, status=status)


def _trial_context(trial: Trial) -> dict[str, Any]:
    counts = {key: Decimal(count) for key, count in trial.by_place().items()}
    is_of_areas = all(isinstance(hit.place, Area) for hit in trial.hits)
    draw = drawings.district_map if is_of_areas else drawings.circle_map
    svg = draw(
        {key: Value(count) for key, count in counts.items()}, _drawn(trial), classes_from(counts.values()),
        _("会预警的次数"),
        lambda place: _("%(area)s %(count)d 次") % {"area": place.name, "count": counts.get(place.pk, 0)},
        lambda place: "#trial-list",
    )  # fmt: skip
    hits = [
        (hit.place, periods.name_of(trial.kind, hit.period), [say(cause.as_dict()) for cause in hit.causes])
        for hit in trial.hits[:MOST_LISTED]
    ]
    return {"trial_map": svg, "hits": hits}


def _drawn(trial: Trial) -> list[Place]:
    """What the map of a trial draws: all areas of the level, or the points and features that would have been warned
    of."""
    places = list({hit.place.pk: hit.place for hit in trial.hits}.values())
    if places and not isinstance(places[0], Area):
        return places
    level = places[0].level if places and isinstance(places[0], Area) else Area.Level.TOWN
    return list(Area.objects.filter(level=level))


@require_POST
@require_district_staff
def rule_switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a rule on, which tries it on the past first, or off."""
    found = get_object_or_404(WarningRule, code=code)
    on = request.POST.get("on") == "1"
    try:
        switch(request.user, code, on=on, version=posted_version(request))
    except Refusal as refusal:
        trial = try_rule(found) if refusal.code == "too-noisy" else None
        return _rule_page(request, found, trial, refusal.message, status=status_of(refusal))
    messages.success(request, _("已启用，每天夜里判断一次。") if on else _("已停用。"))
    return redirect(found)


@require_district_staff
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Make a rule or give it a new wording, which is off until it is switched on."""
    found = get_object_or_404(WarningRule, code=code) if code else None
    newest = found.versions.first() if found else None
    initial: dict[str, Any] = {"effective_from": timezone.localdate()}
    if found and newest:
        initial |= {"code": found.code, "title": found.title, "version": found.version, "at_least": newest.at_least,
                    "department": getattr(found.department, "code", None)}  # fmt: skip
    form = RuleForm(posted(request), initial=initial)
    offer_departments(form, departments_shown(request.user))
    form.fields["code"].disabled = found is not None
    shown = newest.conditions if newest and not form.is_bound else None  # a form like its initial counts as empty
    parts = ConditionForms(posted(request), initial=shown, prefix="conditions")
    if form.is_bound and form.is_valid() and parts.is_valid():
        given = form.cleaned_data
        if not found and WarningRule.objects.filter(code=given["code"]).exists():
            form.add_error("code", _("已有这个代码的规则。"))
        else:
            try:
                made = save_rule(
                    request.user, **given | {"code": code or given["code"]}, conditions=conditions_from(parts)
                )
                return redirect(f"{made.get_absolute_url()}?try=1")
            except Refusal as refusal:
                form.show(refusal)
    return render_form(
        request, "reporting/boards/rule_edit.html", {"form": form, "parts": parts, "rule": found}, form, parts
    )
