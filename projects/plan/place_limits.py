"""How many places a project may have and how detailed they may be, for pages and for the reader of files."""

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, refuse

MAX_PLACES = 300
MAX_VERTICES = 100_000


def too_detailed() -> BadInput:
    """The refusal of more vertices than a map can show at once."""
    return refuse("file", "too-detailed", _("图形过于复杂，合计不能超过 %d 个顶点。") % MAX_VERTICES)
