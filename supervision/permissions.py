"""Who may see and do what, for the rooms above; inside the room each topic's own `permissions` is read."""

from supervision.findings.permissions import linkable, linkable_points, linkable_projects, may_report
from supervision.matters.permissions import (
    findings_visible_to,
    is_staff,
    may_see_names,
    photos_visible_to,
    suggestions_visible_to,
)
from supervision.public.permissions import findings_readable_by, matters_readable_by, may_adopt, published_matters
from supervision.routing.permissions import may_keep_rules

__all__ = [
    "findings_readable_by", "findings_visible_to", "is_staff", "linkable", "linkable_points", "linkable_projects",
    "matters_readable_by", "may_adopt", "may_keep_rules", "may_report", "may_see_names", "photos_visible_to",
    "published_matters", "suggestions_visible_to",
]  # fmt: skip
