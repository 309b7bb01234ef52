"""Who may see and update projects: what this room offers to the rooms above it."""

from projects.plan.permissions import may_update, project_audience, projects_visible_to, stood_before_all

__all__ = ["may_update", "project_audience", "projects_visible_to", "stood_before_all"]
