"""What this instance shows of its things, as records of the standard; each kind one generator.

Without `internal` a record is what everybody may read; drafts, telephone numbers and voters are in no package. Where an
instance holds several districts, a package says what lies in the area of the site's record: a city's says all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone, translation

from accounts.directory.levels import line_of
from accounts.models import Area, Membership
from accounts.permissions import within
from exchange.packages.writing import Outgoing
from exchange.register.models import Partner, Reply
from exchange.standard.ids import id_of
from exchange.standard.kinds import MOST_FILES, MOST_NAMES
from exchange.standard.shapes import AREAS, written
from geokit.refusal import Refusal
from ledger.filestore.responses import opened
from papers.models import Paper, PaperFile, SignedAnswer
from papers.register.permissions import published
from papers.register.table import PAPERS
from projects.models import Project
from projects.permissions import stood_before_all
from reporting.observations.models import Observation
from reporting.observations.series import is_enough
from river_monitoring.models import MonitoringPoint
from stations.duty.models import DutyRecord
from stations.receptions.models import Reception

type Record = dict[str, Any]
BATCH = 500
NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\]")
YEARS_OF_FIGURES, YEARS_OF_DUTY = 2, 5
"""Of indicators two years are shown, of receptions and duty five, a term."""


@dataclass(slots=True)
class Showing:
    """To whom (None: to anybody), whether internal things too, of which area (None: of all), files of the records."""

    origin: str
    partner: Partner | None = None
    internal: bool = False
    area: Area | None = None
    files: dict[str, Outgoing] = field(default_factory=dict)

    def id(self, kind: str, key: object) -> str:
        return id_of(self.origin, kind, key)

    def here(self, path: str = "area") -> Q:
        """Match what lies in the area of which this says something."""
        return within(self.area, path) if self.area is not None else Q()

    def file(self, name: str, sha256: str, stored: Any) -> Record | None:
        """Take a file along; None where the store has lost it, so that one lost file stops no exchange."""
        try:
            with opened(stored) as content:
                size = content.seek(0, 2)
        except Refusal:  # lost, damaged, erased: each is said elsewhere (`check_files`)
            return None
        self.files[sha256] = Outgoing(sha256, lambda: opened(stored))
        return {"name": NOT_IN_NAMES.sub("_", name)[:120] or sha256, "sha256": sha256, "bytes": size}


def areas(show: Showing) -> Iterator[Record]:
    rows = Area.objects.select_related("parent").order_by("code")
    if show.area is not None:  # with the city and the province that it lies in
        rows = rows.filter(show.here("pk") | Q(pk__in=[each.pk for each in line_of(show.area)]))
    for one in rows.iterator(BATCH):
        place = one.point or (one.geom.point_on_surface if one.geom else None)
        yield given(
            id=show.id("areas", one.code), code=one.code, name=one.name, level=one.level,
            parent=show.id("areas", one.parent.code) if one.parent else None, **_place(place),
            border=written(one.geom, AREAS),
        )  # fmt: skip


def deputies(show: Showing) -> Iterator[Record]:
    rows = Membership.objects.filter(show.here("congress__area")).order_by("pk")
    for one in rows.select_related("person", "congress__area").iterator(BATCH):
        area = one.congress.area
        yield given(
            id=show.id("deputies", one.pk), code=one.code if show.internal else None, name=one.person.name,
            level=one.congress.level, area=show.id("areas", area.code) if area else None, term=one.congress.term,
            constituency=one.constituency, starts_on=_day(one.starts_on), ends_on=_day(one.ends_on),
        )  # fmt: skip


def _papers(show: Showing) -> QuerySet[Paper]:
    rows = Paper.objects.exclude(number=None).exclude(submitted_at=None)
    rows = rows.filter(state__in=PAPERS.in_group("filed"))
    return rows if show.internal else rows.filter(published())


def papers(show: Showing) -> Iterator[Record]:
    rows = _papers(show).filter(show.here("congress__area"))
    rows = rows.select_related("congress__area").order_by("pk").prefetch_related(
        "signatories__member__person", Prefetch("files", PaperFile.objects.order_by("pk")), "handlings__department"
    )  # fmt: skip
    for one in rows.iterator(BATCH):
        names = [str(each.member.person) for each in one.signatories.all() if each.left_at is None]
        organs = [str(each.department) for each in one.handlings.all() if each.returned_on is None]
        files = [show.file(each.name, each.sha256, each.file) for each in one.files.all()] if show.internal else []
        yield given(
            id=show.id("papers", one.number), number=one.number, kind=one.kind, title=one.title, facts=one.facts,
            analysis=one.analysis, request=one.request, state=one.state, congress=_in_our_words(one.congress),
            deputies=names[:MOST_NAMES], departments=organs, submitted_at=_moment(one.submitted_at),
            is_public=one.is_public, files=[each for each in files if each][:MOST_FILES],
        )  # fmt: skip


def answers(show: Showing) -> Iterator[Record]:
    """Answers of our organs to our papers, and of ours to the papers of the one to whom this goes."""
    rows = SignedAnswer.objects.filter(show.here("handling__paper__congress__area"), handling__paper__in=_papers(show))
    rows = rows.exclude(scan=None)
    if not show.internal:
        rows = rows.filter(may_publish=True)
    for one in rows.select_related("handling__paper", "handling__department", "scan").order_by("pk").iterator(BATCH):
        file = show.file(f"{one.number}.{one.scan.kind}", one.scan.sha256, one.scan.file)
        yield given(
            id=show.id("answers", one.pk), paper=show.id("papers", one.handling.paper.number), number=one.number,
            department=str(one.handling.department), text=one.text, result=one.result, signer=one.signer,
            signed_on=_day(one.signed_on), files=[file] if file else None,
        )  # fmt: skip
    ours = Reply.objects.filter(paper__partner=show.partner) if show.partner else Reply.objects.none()
    for reply in ours.select_related("paper", "department").order_by("pk").iterator(BATCH):
        yield given(
            id=show.id("answers", f"r{reply.pk}"), paper=reply.paper.identifier, number=reply.number,
            department=str(reply.department), text=reply.text, signer=reply.signer, signed_on=_day(reply.signed_on),
        )  # fmt: skip


def receptions(show: Showing) -> Iterator[Record]:
    rows = Reception.objects.filter(starts_at__date__gte=_years_ago(YEARS_OF_DUTY)).select_related("station")
    rows = rows.filter(show.here("station__area")).prefetch_related("deputies").order_by("pk")
    for one in rows.annotate(received=Count("matters")).iterator(BATCH):
        yield given(
            id=show.id("receptions", one.pk), station=one.station.name, kind=one.kind, state=one.status,
            starts_at=_moment(one.starts_at), ends_at=_moment(one.ends_at),
            deputies=[each.name for each in one.deputies.all()], visitors=one.visitors, matters=one.received,
        )  # fmt: skip


def duty(show: Showing) -> Iterator[Record]:
    if not show.internal:
        return
    rows = DutyRecord.objects.filter(is_confirmed=True, is_withdrawn=False, on__gte=_years_ago(YEARS_OF_DUTY))
    rows = rows.filter(show.here("deputy__station__area"))
    for one in rows.select_related("deputy").order_by("pk").iterator(BATCH):
        yield given(
            id=show.id("duty", one.pk), deputy=one.deputy.name, deputy_code=one.deputy.page_code, kind=one.kind,
            on=_day(one.on), title=one.title,
        )  # fmt: skip


def indicators(show: Showing) -> Iterator[Record]:
    rows = Observation.objects.filter(period__gte=_years_ago(YEARS_OF_FIGURES), area__isnull=False)
    rows = rows.filter(show.here()).select_related("indicator", "area").order_by("pk")
    for one in (rows if show.internal else rows.filter(indicator__is_public=True)).iterator(BATCH):
        value = one.value if show.internal or is_enough(one.indicator, one.whole) else None
        yield given(
            id=show.id("indicators", f"{one.indicator.code}.{one.place.code}.{one.period}"), code=one.indicator.code,
            title=one.indicator.title, unit=one.indicator.unit, period_kind=one.indicator.period_kind,
            area=show.id("areas", one.place.code), period=_day(one.period), value=_number(value),
            plan=_number(one.plan), whole=one.whole,
        )  # fmt: skip


def points(show: Showing) -> Iterator[Record]:
    rows = MonitoringPoint.objects.filter(show.here()).select_related("river", "area").order_by("pk")
    for one in rows.iterator(BATCH):
        yield given(
            id=show.id("points", one.code), code=one.code, name=one.name, kind=one.kind,
            river=one.river.name if one.river else None, area=show.id("areas", one.area.code), **_place(one.geom),
            target_class=one.target_class, current_class=one.current_class, current_month=_day(one.current_month),
            state=one.status,
        )  # fmt: skip


def projects(show: Showing) -> Iterator[Record]:
    rows = Project.objects.filter(show.here()).order_by("pk").select_related("lead", "area")
    rows = (rows if show.internal else rows.filter(stood_before_all())).prefetch_related("partners")
    for one in rows.iterator(BATCH):
        yield given(
            id=show.id("projects", one.code), code=one.code, name=one.name, year=one.year, category=one.category,
            stage=one.status, light=one.light, progress=one.progress, goal=one.goal, summary=one.summary,
            lead=one.lead.name, partners=[each.name for each in one.partners.all()][:MOST_NAMES],
            area=show.id("areas", one.area.code), address=one.address, **_place(one.geom.point_on_surface),
            shape=written(one.geom), is_schematic=one.is_schematic, budget_wan=_number(one.budget_wan),
            spent_wan=_number(one.spent_wan), starts_on=_day(one.starts_on), ends_on=_day(one.ends_on),
        )  # fmt: skip


SHOWN: dict[str, Callable[[Showing], Iterator[Record]]] = {
    "areas": areas,
    "deputies": deputies,
    "papers": papers,
    "answers": answers,
    "receptions": receptions,
    "duty": duty,
    "indicators": indicators,
    "points": points,
    "projects": projects,
}


def given(**fields: Any) -> Record:
    """Return a record without what is not known."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}


def _in_our_words(thing: Any) -> str:
    """What a thing is called in the site's language, whoever has the package made: it is signed and compared."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(thing)


def _place(place: Any) -> Record:
    return {"lng": round(place.x, 7), "lat": round(place.y, 7)} if place else {}


def _years_ago(years: int) -> date:
    return timezone.localdate() - timedelta(days=366 * years)


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None


def _day(day: Any) -> str | None:
    return f"{day:%Y-%m-%d}" if day else None


def _number(value: Any) -> str | None:
    return None if value is None else format(value.normalize(), "f")
