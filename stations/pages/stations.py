"""Pages of liaison stations: the list, and one station with its deputies, days and statistics."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.areas.locator import locator_for
from accounts.models import Role
from accounts.permissions import has_role
from stations.activities.permissions import may_organise
from stations.duty.permissions import may_keep_duty
from stations.pages.forms.lookup import PositionForm
from stations.receptions.queries import past_days, upcoming_days
from stations.register import queries
from stations.register.models import Station
from stations.register.opening_hours import next_opening, open_status
from stations.register.permissions import deputy_of, may_run
from stations.register.service_level import level_of
from stations.service_areas.permissions import may_draw_area_of
from stations.sheets import KINDS
from stations.statistics.queries import Scope, days_url, statistics, statistics_by_year
from ui.pagination import page_of

PAGE_SIZE = 20


@require_safe
def station_list(request: HttpRequest) -> HttpResponse:
    """The stations that the address asks for; nearest first when it carries a position."""
    near = PositionForm(request.GET)
    found = queries.list_stations(request, near.point())
    query = queries.without(request.GET, "page")
    context = {
        "found": found,
        "form": found.filterset.form,
        "near": near,
        "is_near": near.point() is not None,
        "page": page_of(request, found.rows, PAGE_SIZE),
        "query": query.urlencode(),
        "query_everywhere": queries.without(query, "in_bbox").urlencode(),
        "draws": has_role(request.user, Role.STAFF, Role.GIS),
        "keeps_sheets": KINDS["stations"].may_use(request.user),
        "organises": may_organise(request.user) or deputy_of(request.user) is not None,
        "has_duty": may_keep_duty(request.user) or deputy_of(request.user) is not None,
    }
    return render(request, "stations/list.html", context)


@require_safe
def station_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One station."""
    station = queries.get_station(request.user, code)
    days = station.opening_days.all()
    context = {
        "station": station,
        "map_thing": station,
        "locator": locator_for(station.geom),
        "level": level_of(station),
        "facilities": [Station.Facility(name).label for name in station.facilities],
        "open_words": open_status(days),
        "next_opening": next_opening(days),
        "has_area": hasattr(station, "service_area"),
        "upcoming": upcoming_days(request.user, station),
        "past": past_days(request.user, station),
        "total": statistics(request.user, station=station),
        "total_url": days_url(Scope(station=station)),
        "years": statistics_by_year(request.user, station=station),
        "runs": may_run(request.user, station),
        "draws": may_draw_area_of(request.user, station),
    }
    return render(request, "stations/detail.html", context)
