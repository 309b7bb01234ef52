"""What is in a plan comes back by itself on its day, to be answered again."""

from datetime import date

from django.utils import timezone

from ledger.actors import SITE
from ledger.steps.apply import apply
from supervision.matters.models import Suggestion
from supervision.matters.states import Verb
from supervision.matters.workflow import MATTERS


def come_back(suggestion_id: int, today: date | None = None) -> Suggestion:
    """Reopen a matter whose planned day has come; its department answers again within that clock.

    It may no longer be returned: the department has answered it once. Raises NotPermitted before the day.
    """
    day = today or timezone.localdate()
    return apply(MATTERS, SITE, suggestion_id, Verb.COME_BACK, None, {"day": day}).suggestion
