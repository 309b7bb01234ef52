"""The papers of a deputy group on the group's own page: its shared drafts, and what was filed from them."""

from django.db.models import Model

from accounts.models import DeputyGroup
from accounts.permissions import Asker
from papers.register.permissions import papers_visible_to
from ui.linked import Linked

MOST_LINKED = 20


def linked_to(thing: Model, user: Asker) -> list[Linked]:
    """Return the group's papers that `user` may see, what was changed last coming first."""
    if not isinstance(thing, DeputyGroup):
        return []
    rows = papers_visible_to(user).filter(group=thing).order_by("-pk")[:MOST_LINKED]
    return [Linked(row.title, row.get_absolute_url(), str(row.get_state_display()), row.tone) for row in rows]
