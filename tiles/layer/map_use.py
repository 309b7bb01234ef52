"""How the site's own map uses a layer. The style's tilesets, the legend, the web's feature list and the test of
audiences are generated from it, so that a new drawn layer is described in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise

OVERVIEW = "overview"
"""In `MapUse.shown_on`: pages about the district as a whole (map, search, numbers)."""
CASEWORK = "casework"
"""In `MapUse.shown_on`: pages about what was found and what became of it."""


@dataclass(frozen=True)
class LegendEntry:
    """A line of the legend, shown while the layer is drawn at the map's zoom."""

    label: str | Promise
    sign: str
    """Name of a drawing in `signs` of `ui/tokens.json`."""
    minzoom: float = 0
    maxzoom: float = 0
    """0: no upper end."""
    position: int = 0
    """Entries of a lower number stand first."""
    scale: str = ""
    """Name of a list of tokens that is shown behind the label (``lights``)."""


@dataclass(frozen=True)
class MapUse:
    """What the map draws of a layer, where, and what its features say."""

    order: int = 0
    """Layers of a higher number are drawn on top."""
    is_base: bool = False
    """Part of the base map: it is always there, nobody opens one of its features."""
    companion_of: str = ""
    """The layer that this one shows in another form (as clusters): both are shown and filtered together."""
    part_of: str = ""
    """The layer whose features these are parts of."""
    icon: str = ""
    """The sprite's image of a feature, for layers that `geo_portal/styles/symbols.py` draws as a plain symbol."""
    minzoom: float = 0
    """From this zoom on a plain symbol is drawn."""
    label_from: float = 13
    """From this zoom on a plain symbol has its name."""
    legend: Sequence[LegendEntry] = ()
    page: str = ""
    """Address of a feature's page, ``/stations/{code}/``: properties in braces."""
    hint: Sequence[str] = ()
    """Parts of the second line of the tooltip, ``{area}``; one whose property is missing is left out. ``@name`` is
    a phrase of the web's (`web/src/map/features.ts`)."""
    list_path: str = ""
    """Regular expression of the pages that list this layer."""
    shown_on: Sequence[str] = ()
    """Pages on which it is shown unless the reader decides otherwise: OVERVIEW, CASEWORK, or regular expressions."""
    filtered_on: str = ""
    """Regular expression of the pages whose filters narrow it on the map, where these are more than its list."""
    tile_filters: Mapping[str, str] = field(default_factory=dict)
    """Filters of the list that a tile can answer -> ``text``, ``number`` or ``flag``."""
    server_filters: Sequence[str] = ()
    """Filters of the list that need the API."""
