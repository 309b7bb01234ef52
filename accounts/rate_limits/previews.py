"""How often one person may have a workbook compared with what there is: each time costs as much as to save it."""

from datetime import timedelta
from typing import Any

from accounts.rate_limits.services import Limit, spend

PREVIEWS = Limit("many-rows-preview", 40, timedelta(hours=1))


def spend_preview(user: Any) -> None:
    """Count one preview of this person. Raises TooMany."""
    spend(PREVIEWS, f"user:{user.pk}")
