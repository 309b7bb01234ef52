"""What is in a plan comes back by itself on its day, to be answered again."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from supervision.deadlines import periods
from supervision.deadlines.clocks import Clock
from supervision.matters.models import Suggestion
from supervision.matters.permissions import SITE
from supervision.matters.services.steps import locked_step, take
from supervision.matters.table import Verb


@transaction.atomic
def come_back(suggestion_id: int, today: date | None = None) -> Suggestion:
    """Reopen a matter whose planned day has come; its department answers again within that clock.

    It may no longer be returned: the department has answered it once. Raises NotPermitted before the day.
    """
    suggestion, step = locked_step(SITE, suggestion_id, Verb.COME_BACK, None, {})
    day = today or timezone.localdate()
    planned_on = suggestion.planned_on
    suggestion.planned_on = suggestion.closed_at = None
    suggestion.due_on = periods.ends_on(Clock.FOLLOW_UP, day)
    take(
        suggestion,
        step,
        SITE,
        department=suggestion.department,
        due_on=suggestion.due_on,
        clock=Clock.FOLLOW_UP,
        planned_on=planned_on,
    )
    return suggestion
