"""Topics among the water points: those that were delisted and went on the list again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.permissions import Asker
from accounts.topics import MOST_EVIDENCE, MOST_TOPICS, Evidence, Figure, Topic, TopicOffer
from river_monitoring.permissions import points_visible_to
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.steps.table import OFF_LIST, State

YEARS = 2
RELAPSED = Q(events__from_status__in=OFF_LIST, events__to_status__in=[State.LISTED, State.EXCEEDED])


def relapses(user: Asker, today: date) -> list[Topic]:
    """Return the towns with points that came back in the last two years, the most first."""
    points = points_visible_to(user)
    since = RELAPSED & Q(events__at__date__gte=today - timedelta(days=365 * YEARS))
    came_back = points.annotate(last_relapse=Max("events__at", filter=since)).filter(last_relapse__isnull=False)
    towns: dict[int, list[MonitoringPoint]] = defaultdict(list)
    for point in came_back.select_related("area").defer("area__geom").order_by("-last_relapse", "pk"):
        towns[point.area_id].append(point)
    largest = sorted(towns.values(), key=lambda found: (-len(found), found[0].area.code))[:MOST_TOPICS]
    ever = _ever_off_list(points, [found[0].area_id for found in largest])
    return [_topic(found, ever.get(found[0].area_id, 0)) for found in largest]


def _ever_off_list(points: QuerySet[MonitoringPoint], towns: Sequence[int]) -> dict[int, int]:
    """How many points of each town were delisted at some time."""
    off = Q(status__in=OFF_LIST) | Q(events__to_status=State.DELISTED)
    found = points.filter(off, area__in=towns).order_by().values("area")
    return dict(found.annotate(many=Count("pk", distinct=True)).values_list("area", "many"))


def _topic(found: list[MonitoringPoint], ever: int) -> Topic:
    town = found[0].area
    words = {"town": town.name, "count": len(found), "years": YEARS, "months": rules.value("relapse.months")}
    inferior = sum(1 for point in found if point.current_class > point.target_class)
    return Topic(
        key=town.code,
        title=gettext("%(town)s治理后反弹的水质点位") % words,
        summary=gettext("最近 %(years)d 年有 %(count)d 个点位销号后又超标或重新挂号。") % words,
        figures=[
            Figure(label=gettext("反弹点位占曾经销号的点位"), part=len(found), whole=max(ever, len(found))),
            Figure(label=gettext("其中现状未达到目标类别"), part=inferior, whole=len(found)),
        ],
        evidence=[_evidence(point) for point in found[:MOST_EVIDENCE]],
        total=len(found),
        category="environment",
    )


def _evidence(point: MonitoringPoint) -> Evidence:
    last = point.last_relapse  # type: ignore[attr-defined]  # annotated above
    return Evidence(
        kind="point",
        pk=point.pk,
        title=f"{point.code} {point.name}",
        url=point.get_absolute_url(),
        note=gettext("现状 %(now)s，目标 %(target)s")
        % {"now": point.get_current_class_display(), "target": point.get_target_class_display()},
        on=timezone.localdate(last),
        place=point.geom,
    )


TOPICS = [
    TopicOffer(
        kind="relapses",
        label=_("治理后反弹的点位"),
        method=_("最近两年从销号回到挂号或被判定超标的水质点位，按镇街合计。"),
        find=relapses,
    )
]
