"""Topics among the matters that somebody may see: clusters by kind and place, and what is not answered in time.

Both read at most `MOST_READ` matters, the newest, whatever the district holds.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from math import cos, radians
from typing import Any

from django.contrib.gis.db.models.functions import GeoFunc, Transform
from django.db.models import Case, CharField, Count, F, FloatField, Func, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.permissions import Asker
from accounts.topics import MOST_EVIDENCE, MOST_TOPICS, Evidence, Figure, Topic, TopicOffer
from supervision.findings.models import Category
from supervision.kinds.queries import kind_of
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.matters.queries import overdue_condition
from supervision.matters.table import IN_HAND, NOT_TAKEN_UP

MOST_READ = 20_000
LEAST_OVERDUE = 3
WEB_MERCATOR = 3857


class ClusterDBSCAN(Func):
    """The number of the cluster that a geometry is in, counted within its window; none for what stands alone."""

    function = "ST_ClusterDBSCAN"
    output_field = IntegerField()
    window_compatible = True


class Latitude(GeoFunc):
    """Degrees north of a point."""

    function = "ST_Y"
    output_field = FloatField()


def _counted(user: Asker, today: date) -> QuerySet[Suggestion]:
    """The matters of the last months, read once so that what stands outside is not clustered."""
    since = today - timedelta(days=int(30.5 * rules.value("topics.months")))
    found = suggestions_visible_to(user).filter(submitted_at__date__gte=since).exclude(state__in=NOT_TAKEN_UP)
    newest = found.order_by("-submitted_at", "-pk").values("pk")[:MOST_READ]
    return Suggestion.objects.filter(pk__in=newest).order_by()


SORT = Case(
    When(finding__kind="", then=Concat(Value("category:"), "category")), default=F("finding__kind"),
    output_field=CharField(),
)  # fmt: skip
"""By what matters are alike: the kind of problem, or the category where none was chosen."""


def clusters(user: Asker, today: date) -> list[Topic]:
    """Return where matters of one kind lie close together, the largest first."""
    rows = _counted(user, today).filter(finding__isnull=False).annotate(sort=SORT)
    whole = Counter(dict(rows.values_list("sort").annotate(Count("pk"))))
    members: dict[tuple[str, int], list[int]] = defaultdict(list)
    for pk, sort, number in rows.annotate(cluster=_window(rows)).values_list("pk", "sort", "cluster"):
        if number is not None:
            members[sort, number].append(pk)
    largest = sorted(members.items(), key=lambda item: (-len(item[1]), min(item[1])))[:MOST_TOPICS]
    return [_cluster(sort, pks, whole[sort], today) for (sort, _number), pks in largest]


def _window(rows: QuerySet[Suggestion]) -> Window:
    """Cluster by metres: Web Mercator stretches them by 1 / cos(latitude), here of the first place."""
    latitude = rows.annotate(north=Latitude("finding__geom")).values_list("north", flat=True).first()
    metres = rules.value("topics.cluster_metres") / cos(radians(latitude or 0))
    found = ClusterDBSCAN(
        Transform("finding__geom", WEB_MERCATOR),
        Cast(Value(metres), FloatField()),
        Value(int(rules.value("topics.cluster_least"))),
    )
    return Window(found, partition_by=[F("sort")])


def _cluster(sort: str, pks: list[int], whole: int, today: date) -> Topic:
    rows = Suggestion.objects.filter(pk__in=pks)
    towns = Counter(name for name in rows.values_list("area__name", flat=True) if name)
    where = "、".join(name for name, _count in towns.most_common(2)) or gettext("区内")
    what, late = _name_of(sort, today), rows.filter(overdue_condition(today)).count()
    words = {"where": where, "what": what, "count": len(pks), "metres": rules.value("topics.cluster_metres")}
    shown = list(rows.select_related("finding__area").order_by("-submitted_at", "-pk")[:MOST_EVIDENCE])
    return Topic(
        key=f"{min(pks)}",
        title=gettext("%(where)s一带反复出现的“%(what)s”") % words,
        summary=gettext("%(count)d 件“%(what)s”聚在一处，每件与同类的另几件相距不超过 %(metres)d 米。") % words,
        figures=[
            Figure(label=gettext("聚集的事项占同类事项"), part=len(pks), whole=whole),
            Figure(label=gettext("其中超期未答复"), part=late, whole=len(pks)),
            Figure(
                label=gettext("其中重办过"), part=rows.filter(redo_count__gt=0).count(), whole=len(pks)
            ),
        ],
        evidence=[_evidence(row) for row in shown],
        total=len(pks),
        category=shown[0].category,
    )  # fmt: skip


def _name_of(sort: str, today: date) -> str:
    if sort.startswith("category:"):
        return str(dict(Category.choices).get(sort.removeprefix("category:"), sort))
    kind = kind_of(sort, today)
    return kind.name if kind else sort


def _evidence(row: Suggestion) -> Evidence:
    seen = row.source
    return Evidence(
        kind="matter",
        pk=row.pk,
        title=f"{row.number} {row.title}",
        url=reverse("supervision:suggestion", args=[row.number]),
        note="，".join(filter(None, [seen.where if seen else "", str(row.get_state_display())])),
        on=timezone.localdate(row.submitted_at),
        place=seen.geom if seen else None,
    )


def unanswered(user: Asker, today: date) -> list[Topic]:
    """Return the categories with matters whose day has passed without an answer, the most first."""
    in_hand = _counted(user, today).filter(state__in=IN_HAND)
    late = Count("pk", filter=overdue_condition(today))
    counted = in_hand.values_list("category").annotate(whole=Count("pk"), late=late).order_by()
    many = sorted((row for row in counted if row[2] >= LEAST_OVERDUE), key=lambda row: -row[2])[:MOST_TOPICS]
    return [_unanswered(in_hand, category, whole, count, today) for category, whole, count in many]


def _unanswered(in_hand: Any, category: str, whole: int, late: int, today: date) -> Topic:
    rows = in_hand.filter(overdue_condition(today), category=category)
    very_late = rows.filter(due_on__lt=today - timedelta(days=30)).count()
    name = str(dict(Category.choices)[category])
    shown = rows.select_related("finding__area", "split_from__finding__area").order_by("due_on", "pk")[:MOST_EVIDENCE]
    return Topic(
        key=category,
        title=gettext("“%s”类事项超期未答复") % name,
        summary=gettext("在办的 %(whole)d 件里有 %(late)d 件过了期限还没有答复。") % {"whole": whole, "late": late},
        figures=[
            Figure(label=gettext("超期未答复占在办"), part=late, whole=whole),
            Figure(label=gettext("其中超期三十天以上"), part=very_late, whole=late),
        ],
        evidence=[_evidence(row) for row in shown],
        total=late,
        category=category,
    )


TOPICS = [
    TopicOffer(
        kind="clusters",
        label=_("同类事项的聚集"),
        method=_("最近几个月的监督事项，同一种类、离得近的归到一处；距离和最少件数见本区规则。"),
        find=clusters,
    ),
    TopicOffer(
        kind="unanswered",
        label=_("超期未答复的事项"),
        method=_("期限已过、没有答复、没有暂停计时的监督事项，按类别合计；不足 3 件的不列。"),
        find=unanswered,
    ),
]
