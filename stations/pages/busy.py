"""Which deputies are busy at a time: by their own calendars, other receptions and activities. Never with what."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from accounts.models import BusyTime
from stations.activities.models import Activity, SignUp
from stations.activities.table import TABLE as ACTIVITIES
from stations.receptions.models import Reception
from stations.receptions.table import TABLE as RECEPTIONS
from stations.register.models import Deputy

type Span = tuple[datetime, datetime]


def busy_deputies(deputies: Sequence[Deputy], spans: Sequence[Span]) -> dict[Span, list[str]]:
    """Return the names of who of `deputies` is busy in each span."""
    if not deputies or not spans:
        return {}
    known = _known(deputies, (min(start for start, _end in spans), max(end for _start, end in spans)))
    return {
        span: [one.name for one in deputies if any(start < span[1] and end > span[0] for start, end in known[one.pk])]
        for span in spans
    }


def _known(deputies: Sequence[Deputy], whole: Span) -> dict[int, list[Span]]:
    """What each deputy has in a time, by key: one query for each kind."""
    within = {"starts_at__lt": whole[1], "ends_at__gt": whole[0]}
    keys = [one.pk for one in deputies]
    own = BusyTime.objects.filter(user__deputy__in=keys, **within)
    days = Reception.objects.filter(deputies__in=keys, status__in=RECEPTIONS.in_group("to_be_held"), **within)
    away = SignUp.objects.filter(deputy__in=keys).exclude(state=SignUp.State.TAKEN).values_list("activity", "deputy")
    activities = Activity.objects.filter(invited__in=keys, status__in=ACTIVITIES.in_group("takes_place"), **within)
    found: dict[int, list[Span]] = defaultdict(list)
    for key, *span in own.values_list("user__deputy", "starts_at", "ends_at"):
        found[key].append((span[0], span[1]))
    for key, *span in days.values_list("deputies", "starts_at", "ends_at"):
        found[key].append((span[0], span[1]))
    excused = set(away)
    for pk, key, *span in activities.values_list("pk", "invited", "starts_at", "ends_at"):
        if (pk, key) not in excused:
            found[key].append((span[0], span[1]))
    return found
