"""Work that time alone causes."""

from projects.services import refresh_projects

DAILY = "projects.jobs.refresh_lights"


def refresh_lights() -> int:
    """Bring every light up to date: a light turns as days pass, without anybody's doing. Idempotent."""
    return refresh_projects()
