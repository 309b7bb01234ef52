"""What a card and a poster say of a thing: only what everybody may read, whoever asks."""

import io
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geo_portal.styles.drawing import sign
from projects.models import Project
from projects.permissions import projects_visible_to
from projects.plan.services import standing
from river_monitoring.models import MonitoringPoint
from river_monitoring.permissions import points_visible_to
from river_monitoring.selection.filter_panel import month_in_words
from stations.models import Station
from stations.permissions import stations_visible_to
from supervision.findings.places import PUBLIC_PLACES, to_places
from supervision.public.permissions import published_matters
from ui.tokens import water_class

NOBODY: Asker = None
"""Who reads what everybody may, of all districts: a thing's code names it, and who fetches a card has no cookie."""
LANGUAGE = "zh-hans"
"""Those who read cards say no language; the words are the district's."""
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Mark:
    """How a thing stands on the map."""

    sign: str
    """Name of a sign of the sprite."""
    tileset: str
    lng: float
    lat: float

    @property
    def address(self) -> str:
        """The sign as a `data:` address; empty where the sprite has none."""
        found = sign(self.sign)
        if found is None:
            return ""
        out = io.BytesIO()
        found.save(out, "PNG")
        return "data:image/png;base64," + b64encode(out.getvalue()).decode()


def mark_of(thing: MonitoringPoint | Project | Station) -> Mark:
    """Return how a thing that has a place stands on the map."""
    match thing:
        case MonitoringPoint():
            return Mark(f"water-{thing.current_class}", "monitoring_points", *thing.geom.coords)
        case Project():
            light = f"project-{thing.light}" if thing.light_tone else "project-none"
            return Mark(light, "projects", *thing.marker.coords)
        case Station():
            return Mark("station", "stations", *thing.geom.coords)


@dataclass(frozen=True)
class Subject:
    """A thing with its place; equal ones have equal pictures."""

    kind: str
    """What it is, in words."""
    title: str
    state: str
    """The one thing to know: class, progress, kind of station, how far the matter is."""
    facts: tuple[str, ...]
    mark: Mark
    address: str
    """Path of its page."""


def _point(code: str) -> Subject:
    rows = points_visible_to(NOBODY).select_related("area", "reach__river")
    found = get_object_or_404(rows, code=code, geom__isnull=False)
    rated = water_class(found.current_class)
    target = water_class(found.target_class)["label"] if found.target_class else ""
    month = month_in_words(found.current_month) if found.current_month else ""
    return Subject(
        kind=_("水质监测点位"),
        title=found.name[:LONGEST_TITLE],
        state=f"{rated['label']}（{rated['meaning']}）",
        facts=_said(found.area.name, month, target and _("目标%(target)s") % {"target": target}),
        mark=mark_of(found),
        address=found.get_absolute_url(),
    )


def _project(code: str) -> Subject:
    found = get_object_or_404(projects_visible_to(NOBODY).select_related("area", "lead"), code=code)
    progress = _("完成 %(percent)s%%") % {"percent": standing(found).progress}
    return Subject(
        kind=_("民生实事项目"),
        title=found.name[:LONGEST_TITLE],
        state=f"{found.get_status_display()} · {progress}",
        facts=_said(found.area.name, found.lead.name, found.get_light_display() if found.light_tone else ""),
        mark=mark_of(found),
        address=found.get_absolute_url(),
    )


def _station(code: str) -> Subject:
    found = get_object_or_404(stations_visible_to(NOBODY).select_related("area"), code=code)
    return Subject(
        kind=_("代表联络站"),
        title=found.name[:LONGEST_TITLE],
        state=found.get_kind_display(),
        facts=_said(found.address, found.opening),
        mark=mark_of(found),
        address=found.get_absolute_url(),
    )


def _matter(number: str) -> Subject:
    found = get_object_or_404(published_matters(NOBODY).select_related("finding__area"), number=number)
    finding = found.finding
    if finding is None or finding.geom is None:
        raise Http404
    place = to_places(finding.geom, PUBLIC_PLACES)
    return Subject(
        kind=_("公开的事项"),
        title=(found.public_text.strip().splitlines() or [number])[0][:LONGEST_TITLE],
        state=found.get_state_display(),
        facts=_said(number, finding.area.name if finding.area else "", found.get_category_display()),
        mark=Mark("finding", "findings", place.x, place.y),
        address=f"/matters/{number}/",
    )


def _said(*words: object) -> tuple[str, ...]:
    return tuple(str(word) for word in words if word)


SUBJECTS: dict[str, Callable[[str], Subject]] = {
    "points": _point,
    "projects": _project,
    "stations": _station,
    "matters": _matter,
}


def subject_of(kind: str, code: str) -> Subject:
    """Return what is public of a thing. Raises Http404 alike for what is missing and what is not for everybody."""
    if kind not in SUBJECTS or not code or len(code) > 60 or "\0" in code:
        raise Http404
    with translation.override(LANGUAGE):
        return SUBJECTS[kind](code)
