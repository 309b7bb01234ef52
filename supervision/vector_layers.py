"""Findings as vector tiles, by role; for the public those whose matters are published."""

from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from accounts.looking import shown_key
from accounts.models import Area, Role
from accounts.permissions import Asker, department_of, is_deputy, role_of, scope_of
from ledger.actors import account_of
from projects.models import Project
from supervision.findings.models import Finding
from supervision.findings.places import FARTHEST_OFF, PublicPlace
from supervision.matters.models import CoHandling, MatterLink, Suggestion
from supervision.matters.permissions import state_shown
from supervision.public.permissions import findings_readable_by
from tiles.layer.clustered import clusters_of
from tiles.layer.map_use import CASEWORK, OVERVIEW, LegendEntry, MapUse
from tiles.layer.vector import VectorLayer


def findings_audience(user: Asker) -> str:
    """Name the group of people who see the same findings: staff of one place, one department, one deputy,
    or the public.
    """
    role = role_of(user)
    if role in (Role.STAFF, Role.ADMIN):
        area = scope_of(user)
        return f"staff-{area.pk}{shown_key(user)}" if area else "staff"
    if is_deputy(user):
        return f"user-{account_of(user).pk}{shown_key(user)}"
    if role == Role.OFFICER:
        return f"dept-{department_of(user)}{shown_key(user)}"
    return f"public{shown_key(user)}"


def findings_drawn(user: Asker) -> QuerySet[Finding]:
    """Return the findings that `user` may read, at their public places, the same for everybody; the exact one is on the
    page and in the API for whoever may read a finding in full."""
    return findings_readable_by(user).annotate(place=PublicPlace("geom"), state_shown=state_shown(user))


LAYERS = [
    VectorLayer(
        name="findings",
        title=_("监督发现"),
        visible_to=findings_drawn,
        geometry="place",
        indexed=("geom", FARTHEST_OFF),
        audience=findings_audience,
        geometry_type="Point",
        fields={
            "code": "pk",
            "category": "category",
            "state": "state_shown",
            "area": "area__name",
            # The day alone: the public has this layer too, and a minute says who was standing there.
            "created": TruncDate("created_at"),
        },
        api="/api/v1/findings/",
        map_use=MapUse(
            order=70,
            page="/findings/{id}/",
            hint=["{area}"],
            legend=[LegendEntry(_("监督发现"), "finding", position=60)],
            list_path=r"^/(findings|matters)/$",
            shown_on=[OVERVIEW, CASEWORK],
            tile_filters={"category": "text", "state": "text"},
            server_filters=["area"],
        ),
        # Which findings a deputy sees depends on whether their project is public.
        depends_on=[Suggestion, CoHandling, MatterLink, Area, Project],
    )
]
LAYERS.append(clusters_of(LAYERS[0], "finding_clusters", _("监督发现（聚合）"), 71))
