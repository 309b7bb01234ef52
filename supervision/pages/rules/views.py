"""Pages of the rules: the list with its check, one rule on the map, a place tried, the clocks."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import rules
from accounts.areas.position import town_in_district
from accounts.models import Role
from accounts.permissions import require_role
from accounts.rules import page
from accounts.rules.permissions import may_keep_rules as keeps_district
from accounts.rules.registry import rule_of
from geokit.refusal import BadInput, StaleEdit
from supervision.deadlines import periods
from supervision.deadlines.clocks import LAW, Clock
from supervision.deadlines.wording import in_words
from supervision.findings.models import Category
from supervision.pages.rules.forms import RuleForm, TryForm, initial_of
from supervision.routing import check, routes, services
from supervision.routing.models import RoutingRule
from supervision.routing.permissions import may_keep_rules
from ui.forms.refusable import posted_version, render_form
from ui.refusals import add_to_form


@require_safe
@require_role(Role.STAFF)
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule in the order it is tried, what is wrong with them, and a place to try."""
    found = sorted(RoutingRule.objects.select_related("department", "area"), key=check.rank)
    form = TryForm(request.GET if "lng" in request.GET else None, initial={"category": Category.ENVIRONMENT})
    context = {
        "rules": found,
        "found": check.find_faults(),
        "table": check.table(),
        "categories": Category.labels,
        "form": form,
        "tried": _tried(form),
        "may_keep": may_keep_rules(request.user),
        "query": request.GET.urlencode() if form.is_bound else "",
    }
    return render(request, "supervision/rules/list.html", context)


def _tried(form: TryForm) -> dict[str, Any] | None:
    """Return which rule applies at the place that was asked for, and which would if it were not there."""
    if not form.is_bound or not form.is_valid():
        return None
    given = form.cleaned_data
    place = Point(given["lng"], given["lat"], srid=4326)
    try:
        area = town_in_district(place)
    except BadInput as refusal:
        add_to_form(form, refusal)
        return None
    way = routes.route(given["category"], area, place=place)
    rest = [rule for rule in routes.rules_for(given["category"], area, place) if rule != way.rule]
    due_on = periods.reply_due_on(timezone.localdate(), promised=way.days) if way.department else None
    return {"way": way, "reason": gettext(way.reason), "area": area, "rest": rest, "due_on": due_on}


@require_safe
@require_role(Role.STAFF)
def zones_geojson(request: HttpRequest) -> HttpResponse:
    """Zones and towns with rules of their own, zones that contradict, and the place that was tried."""
    active = check.active_rules()
    features = [_feature(rule.zone, "served", str(rule)) for rule in active if rule.zone is not None]
    towns = [(rule, rule.area.geom) for rule in active if rule.area and rule.zone is None]
    features += [_feature(outline, "found", str(rule)) for rule, outline in towns if outline is not None]
    features += [_feature(one.place, "missing", gettext("规则冲突")) for one in check.find_faults().conflicts]
    form = TryForm(request.GET)
    if "lng" in request.GET and form.is_valid():
        place = Point(form.cleaned_data["lng"], form.cleaned_data["lat"], srid=4326)
        features.append(_feature(place, "new", gettext("试算的位置")))
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _feature(geom: Any, kind: str, name: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": json.loads(geom.json), "properties": {"kind": kind, "name": name}}


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.STAFF)
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change one rule."""
    if not may_keep_rules(request.user):
        raise Http404
    found = get_object_or_404(RoutingRule, pk=pk) if pk else None
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial_of(found) if found else None)
    if request.method != "POST":
        return _rule_page(request, found, form)
    if not form.is_valid():
        return _rule_page(request, found, form)
    try:
        saved = services.save_rule(request.user, pk, **form.given())
    except (BadInput, StaleEdit) as refusal:
        form.show(refusal)
        return _rule_page(request, found, form)
    messages.success(request, gettext("规则“%s”已保存，以后的事项按它交办。") % saved)
    return redirect("supervision:rules")


def _rule_page(request: HttpRequest, found: RoutingRule | None, form: RuleForm) -> HttpResponse:
    return render_form(request, "supervision/rules/rule.html", {"rule": found, "form": form})


@require_POST
@require_role(Role.STAFF)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a rule."""
    if not may_keep_rules(request.user):
        raise Http404
    found = get_object_or_404(RoutingRule, pk=pk)
    try:
        services.delete_rule(request.user, pk, version=posted_version(request))
    except StaleEdit as refusal:
        form = RuleForm(initial=initial_of(found))
        form.refusal = refusal
        messages.error(request, refusal.message)
        return _rule_page(request, found, form)
    messages.success(request, gettext("规则“%s”已删除。") % found)
    return redirect("supervision:rules")


@require_safe
@require_role(Role.STAFF)
def clock_list(request: HttpRequest) -> HttpResponse:
    """Every clock: the law's period with its clause, the district's where it differs, and where it would end today."""
    book = rules.book()
    rows = [_clock_row(clock, page.line_of(rule_of(f"clocks.{clock}"), book)) for clock in Clock]
    return render(request, "supervision/rules/clocks.html", {"rows": rows, "may_keep": keeps_district(request.user)})


def _clock_row(clock: Clock, line: page.Line) -> dict[str, Any]:
    ending = periods.ending(clock, timezone.localdate())
    return {"line": line, "law": LAW[clock], "today": ending.day, "found": in_words(ending)}
