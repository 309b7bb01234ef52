"""What an indicator's values are about: areas of its level, monitoring points, or features of its layer."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.directory.levels import of_area
from accounts.models import Area
from accounts.permissions import Asker
from geokit.refusal import Refusal, refuse
from reporting.indicators.models import Indicator
from reporting.observations.features import as_read_by, features_of, find_features, with_area
from reporting.observations.models import ObservedFeature
from reporting.observations.queries import areas_of

type Place = Area | ObservedFeature


def places_of(indicator: Indicator, user: Asker = None, chosen: Area | None = None) -> list[Place]:
    """Every place that an indicator has, or of points and features those that lie in `chosen`, as `user` may read them.

    None reads all.
    """
    if indicator.is_of_areas:
        return list(areas_of(indicator.level, user))
    rows = with_area(features_of(indicator, user))
    return [*as_read_by(user, indicator, rows.filter(of_area(chosen, "area") if chosen is not None else Q()))]


def column_of(place: Place) -> dict[str, Any]:
    """The place as columns of an observation."""
    return {"area": place, "feature": None} if isinstance(place, Area) else {"area": None, "feature": place}


def about(places: Iterable[Place]) -> Q:
    """Match the values of these places."""
    areas: list[int] = []
    features: list[int] = []
    for place in places:
        (areas if isinstance(place, Area) else features).append(place.pk)
    return Q(area__in=areas) | Q(feature__in=features)


def find_places(asked: Iterable[tuple[Indicator, str]], user: Asker) -> dict[tuple[int, str], Place | Refusal]:
    """The places of these codes by indicator (its key) and code, a query or two for each indicator; a refusal each
    where there is none that `user` may see."""
    codes: dict[int, set[str]] = {}
    indicators: dict[int, Indicator] = {}
    for indicator, code in asked:
        codes.setdefault(indicator.pk, set()).add(code)
        indicators[indicator.pk] = indicator
    of_areas = {code for key, names in codes.items() if indicators[key].is_of_areas for code in names}
    areas: dict[str, Place] = {area.code: area for area in Area.objects.filter(code__in=_clean(of_areas))}
    found: dict[tuple[int, str], Place | Refusal] = {}
    for key, names in codes.items():
        indicator = indicators[key]
        try:
            known: Mapping[str, Place] = areas if indicator.is_of_areas else find_features(indicator, names, user)
        except Refusal as refusal:
            found |= {(key, code): refusal for code in names}
        else:
            found |= {(key, code): known.get(code) or _unknown(indicator, code) for code in names}
    return found


def _clean(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if code.isalnum() and len(code) <= 12]


def _unknown(indicator: Indicator, code: str) -> Refusal:
    names = {"code": code[:40], "what": indicator.get_level_display()}
    if indicator.layer is not None:
        names["what"] = f"{indicator.layer.title}{names['what']}"
    return refuse("area", "unknown", _("没有编码为“%(code)s”的%(what)s。") % names)
