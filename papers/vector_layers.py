"""The places of papers as vector tiles: of those that one may see."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.looking import shown_key
from accounts.models import Membership, Person, Role
from accounts.permissions import ANONYMOUS, Asker, department_of, inside_key, role_of, scope_of
from layers.storage.models import Layer
from ledger.actors import account_of
from papers.handling.models import Handling
from papers.register.features import places_shown_to
from papers.register.models import Paper, PaperPlace, Signatory
from papers.register.permissions import has_sat, papers_visible_to
from tiles.layer.map_use import CASEWORK, LegendEntry, MapUse
from tiles.layer.vector import VectorLayer


def places_visible_to(user: Asker) -> QuerySet[PaperPlace]:
    """Return the places of the papers that `user` may see, but features of layers that she may not."""
    return places_shown_to(user, PaperPlace.objects.filter(paper__in=papers_visible_to(user)))


def papers_audience(user: Asker) -> str:
    """Name who see the same places: staff of one place, one department, others signed in, the public, or one person
    alone who sits or sat in a congress.
    """
    role = role_of(user)
    if has_sat(user):
        return f"user-{account_of(user).pk}{shown_key(user)}"
    if role in (Role.STAFF, Role.ADMIN):
        area = scope_of(user)
        return f"staff-{area.pk}{shown_key(user)}" if area else "staff"
    if role == Role.OFFICER:
        return f"dept-{department_of(user)}{shown_key(user)}"
    return f"public{shown_key(user)}" if role == ANONYMOUS else f"signed-in{inside_key(user)}{shown_key(user)}"


LAYERS = [
    VectorLayer(
        name="papers",
        title=_("议案和代表建议"),
        visible_to=places_visible_to,
        audience=papers_audience,
        geometry_type="Geometry",
        fields={
            "paper": "paper_id",
            "number": "paper__number",
            "name": "name_shown",
            "kind": "paper__kind",
            "state": "paper__state",
            "area": "area__name",
        },
        api="/api/v1/paper-places/",
        map_use=MapUse(
            order=75,
            page="/papers/{paper}/",
            hint=["{number}", "{area}"],
            legend=[LegendEntry(_("议案和代表建议"), "paper", position=62)],
            list_path=r"^/papers/$",
            shown_on=[CASEWORK, r"^/papers/"],
            tile_filters={"kind": "text", "state": "text"},
            server_filters=["area", "department", "year", "q", "category", "is_key"],
        ),
        # Which drafts a deputy sees goes by the group that she is in.
        depends_on=[Paper, Handling, Signatory, Layer, Membership, Person],
    )
]
