"""Topics among the matters that somebody may see: clusters by kind and place, and what is not answered in time.

Both read at most `MOST_READ` matters, the newest, whatever the district holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import NamedTuple

from django.contrib.gis.db.models.functions import GeoFunc, Transform
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, QuerySet, Value, When, Window
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.permissions import Asker
from accounts.topics import MOST_EVIDENCE, MOST_TOPICS, Evidence, Figure, Topic, TopicOffer
from supervision.findings.models import Category, Finding
from supervision.kinds.queries import all_kinds
from supervision.matters.models import Suggestion
from supervision.matters.permissions import suggestions_visible_to
from supervision.matters.queries import OUTLINES, overdue_condition
from supervision.matters.table import IN_HAND, NOT_TAKEN_UP
from ui.days import midnight

MOST_READ = 20_000
LEAST_OVERDUE = 3
WEB_MERCATOR = 3857


class ClusterDBSCAN(Func):
    """The number of the cluster that a geometry is in, counted within its window; none for what stands alone."""

    function = "ST_ClusterDBSCAN"
    output_field = models.IntegerField()
    window_compatible = True


class Latitude(GeoFunc):
    """Degrees north of a point."""

    function = "ST_Y"
    output_field = models.FloatField()


def _counted(user: Asker, today: date) -> QuerySet[Suggestion]:
    """The matters of the last months, read once so that what stands outside is not clustered."""
    since = today - timedelta(days=int(30.5 * rules.value("topics.months")))
    found = suggestions_visible_to(user).filter(submitted_at__gte=midnight(since)).exclude(state__in=NOT_TAKEN_UP)
    newest = found.order_by("-submitted_at", "-pk").values("pk")[:MOST_READ]
    return Suggestion.objects.filter(pk__in=newest).order_by()


SORT = Case(
    When(finding__kind="", then=Concat(Value("category:"), "category")), default=F("finding__kind"),
    output_field=models.CharField(),
)  # fmt: skip
"""By what matters are alike: the kind of problem, or the category where none was chosen."""


class _Member(NamedTuple):
    """A matter of a cluster, as far as its figures say anything of it."""

    pk: int
    submitted_at: datetime
    category: str
    town: str | None
    is_late: bool
    was_redone: bool


def clusters(user: Asker, today: date) -> list[Topic]:
    """Return where matters of one kind lie close together, the largest first."""
    rows = _counted(user, today).filter(finding__isnull=False)
    late, redone = (
        ExpressionWrapper(told, models.BooleanField()) for told in (overdue_condition(today), Q(redo_count__gt=0))
    )
    rows = rows.annotate(sort=SORT, late=late, redone=redone, cluster=_window())
    whole: Counter[str] = Counter()
    members: dict[tuple[str, int], list[_Member]] = defaultdict(list)
    told = ("pk", "submitted_at", "category", "area__name", "late", "redone")
    for sort, number, *member in rows.values_list("sort", "cluster", *told):
        whole[sort] += 1
        if number is not None:
            members[sort, number].append(_Member(*member))
    for found in members.values():
        found.sort(key=lambda one: (one.submitted_at, one.pk), reverse=True)
    largest = sorted(members.items(), key=lambda item: (-len(item[1]), min(item[1]).pk))[:MOST_TOPICS]
    shown = _shown(one.pk for _key, found in largest for one in found[:MOST_EVIDENCE])
    names = {kind.code: kind.name for kind in all_kinds(today)}
    return [_cluster(_name_of(sort, names), found, whole[sort], shown) for (sort, _number), found in largest]


def _told(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, models.BooleanField())


def _window() -> Window:
    """Cluster by metres: Web Mercator stretches them by 1 / cos(latitude), here of the first place."""
    latitude = Finding.objects.order_by("pk").annotate(north=Latitude("geom")).values_list("north", flat=True).first()
    metres = rules.value("topics.cluster_metres") / cos(radians(latitude or 0))
    found = ClusterDBSCAN(
        Transform("finding__geom", WEB_MERCATOR),
        Cast(Value(metres), models.FloatField()),
        Value(int(rules.value("topics.cluster_least"))),
    )
    return Window(found, partition_by=[F("sort")])


def _shown(keys: Iterable[int]) -> dict[int, Suggestion]:
    """The matters that topics show as evidence, all of a page by one question."""
    rows = Suggestion.objects.select_related("finding__area", "split_from__finding__area").defer(*OUTLINES)
    return rows.in_bulk(list(keys))


def _cluster(what: str, found: list[_Member], whole: int, shown: dict[int, Suggestion]) -> Topic:
    """A topic of one cluster, whose members come the newest first."""
    towns = Counter(one.town for one in found if one.town)
    where = "、".join(name for name, _count in towns.most_common(2)) or gettext("区内")
    words = {"where": where, "what": what, "count": len(found), "metres": rules.value("topics.cluster_metres")}
    return Topic(
        key=f"{min(one.pk for one in found)}",
        title=gettext("%(where)s一带反复出现的“%(what)s”") % words,
        summary=gettext("%(count)d 件“%(what)s”聚在一处，每件与同类的另几件相距不超过 %(metres)d 米。") % words,
        figures=[
            Figure(label=gettext("聚集的事项占同类事项"), part=len(found), whole=whole),
            Figure(label=gettext("其中超期未答复"), part=sum(bool(one.is_late) for one in found), whole=len(found)),
            Figure(label=gettext("其中重办过"), part=sum(one.was_redone for one in found), whole=len(found)),
        ],
        evidence=[_evidence(shown[one.pk]) for one in found[:MOST_EVIDENCE]],
        total=len(found),
        category=found[0].category,
    )


def _name_of(sort: str, names: dict[str, str]) -> str:
    if sort.startswith("category:"):
        return str(dict(Category.choices).get(sort.removeprefix("category:"), sort))
    return names.get(sort, sort)


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
    whole: Counter[str] = Counter()
    late: dict[str, list[tuple[date, int]]] = defaultdict(list)
    rows = in_hand.annotate(late=_told(overdue_condition(today)))
    for category, is_late, due_on, pk in rows.values_list("category", "late", "due_on", "pk"):
        whole[category] += 1
        if is_late and due_on:
            late[category].append((due_on, pk))
    many = [(category, sorted(found)) for category, found in sorted(late.items()) if len(found) >= LEAST_OVERDUE]
    many = sorted(many, key=lambda item: -len(item[1]))[:MOST_TOPICS]
    shown = _shown(pk for _category, found in many for _due_on, pk in found[:MOST_EVIDENCE])
    return [_unanswered(category, found, whole[category], shown, today) for category, found in many]


def _unanswered(
    category: str, found: list[tuple[date, int]], whole: int, shown: dict[int, Suggestion], today: date
) -> Topic:
    """A topic of one category, whose late matters come as day and key, the longest late first."""
    very_late = sum(due_on < today - timedelta(days=30) for due_on, _pk in found)
    words = {"whole": whole, "late": len(found)}
    name = str(dict(Category.choices)[category])
    return Topic(
        key=category,
        title=gettext("“%s”类事项超期未答复") % name,
        summary=gettext("在办的 %(whole)d 件里有 %(late)d 件过了期限还没有答复。") % words,
        figures=[
            Figure(label=gettext("超期未答复占在办"), part=len(found), whole=whole),
            Figure(label=gettext("其中超期三十天以上"), part=very_late, whole=len(found)),
        ],
        evidence=[_evidence(shown[pk]) for _due_on, pk in found[:MOST_EVIDENCE]],
        total=len(found),
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
