"""Beginning a paper from what is known: a matter that is raised, or a topic that the data suggest.

The draft says the facts, stands where they are, and names each thing it rests on (`PaperEvidence`). What was not
visible to the deputy who begins it is not in it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Area, Membership, User
from accounts.permissions import Asker
from accounts.topics import Evidence, Topic
from geokit.refusal import Refusal
from papers.register import places, services
from papers.register.models import Paper, PaperEvidence
from papers.register.permissions import seats_of
from papers.register.table import PAPERS, PaperState
from projects.permissions import projects_visible_to
from projects.plan.places import NewPlace
from river_monitoring.permissions import points_visible_to
from supervision.models import Suggestion
from supervision.permissions import findings_visible_to, suggestions_visible_to

MOST_TITLE = 120
MOST_NAMED = 20
"""Things that the text of a topic names; the others stand in the list of evidence."""


def raised_from(matter: Suggestion) -> QuerySet[Paper]:
    """Return the papers that a matter was raised to, but not those that were given up."""
    found = Paper.objects.filter(evidence__matter=matter).exclude(state=PaperState.WITHDRAWN)
    return found.order_by("submitted_at", "pk")


def own_draft(user: User, matter: Suggestion) -> Paper | None:
    """Return the draft that this deputy raised the matter to already, by a seat that she still has."""
    mine = Q(signatories__is_lead=True, signatories__member__in=seats_of(user))
    return raised_from(matter).filter(mine, state__in=PAPERS.in_group("drafting")).first()


@transaction.atomic
def raise_matter(user: User, seat: Membership, matter: Suggestion) -> Paper:
    """Begin a draft from a matter with its evidence; a second time, return the draft that is there already.

    Raises NotPermitted for a seat that is not her own.
    """
    Suggestion.objects.select_for_update(of=("self",)).get(pk=matter.pk)
    if kept := own_draft(user, matter):
        return kept
    title = (_("关于%s的建议") % matter.title.strip())[:MOST_TITLE]
    paper = services.begin(user, seat, title=title, facts=_facts_of(matter), category=matter.category)
    seen = matter.source
    photos = list(seen.photos.order_by("pk").values_list("sha256", flat=True)) if seen else []
    name = f"{matter.number} {matter.title}"[:200]
    PaperEvidence.objects.create(paper=paper, matter=matter, title=name, photos=photos)
    if seen is not None:
        _place(user, paper, [(seen.address or name, seen.geom)])
    elif matter.area is not None:
        _areas(user, paper, [matter.area])
    paper.refresh_from_db()
    return paper


def _facts_of(matter: Suggestion) -> str:
    seen = matter.source
    on = timezone.localdate(seen.seen_at if seen else matter.submitted_at)
    where = seen.where if seen else (matter.area.name if matter.area else "")
    lines = [
        _("%(on)s，%(where)s：") % {"on": date_format(on), "where": where or _("地点未注明")} + matter.text.strip(),
        _("监督事项 %(number)s，%(submitted)s提出，目前%(state)s。")
        % {
            "number": matter.number,
            "submitted": date_format(timezone.localdate(matter.submitted_at)),
            "state": matter.get_state_display(),
        },
    ]
    if matter.department is not None and matter.due_on is not None:
        words = {"department": matter.department, "due": date_format(matter.due_on)}
        lines.append(_("主办单位：%(department)s，答复期限 %(due)s。") % words)
    if matter.result:
        lines.append(_("办理结果：%s。") % matter.get_result_display())
    if matter.redo_count:
        lines.append(_("重办 %d 次。") % matter.redo_count)
    if seen is not None and (count := seen.photos.count()):
        lines.append(_("现场照片 %d 张，见依据。") % count)
    return "\n".join(lines)[:8000]


@transaction.atomic
def begin_from_topic(user: User, seat: Membership, topic: Topic) -> Paper:
    """Begin a draft from a topic: its figures with what they are a part of, its things, its places.

    Raises NotPermitted for a seat that is not her own.
    """
    title = (_("关于%s的建议") % topic.title)[:MOST_TITLE]
    more = {"category": topic.category} if topic.category else {}
    paper = services.begin(user, seat, title=title, facts=_facts_of_topic(topic), **more)
    PaperEvidence.objects.bulk_create(_row(paper, one) for one in topic.evidence)
    _place(user, paper, [(one.title, one.place) for one in topic.evidence])
    paper.refresh_from_db()
    return paper


def _facts_of_topic(topic: Topic) -> str:
    lines = [topic.summary]
    for figure in topic.figures:
        words = {"label": figure.label, "part": figure.part, "whole": figure.whole}
        lines.append(_("%(label)s：%(part)d / %(whole)d") % words)
    lines.append(_("数据截至 %s。") % date_format(timezone.localdate()))
    lines += [
        "{}. {}".format(number, "，".join(filter(None, [one.title, one.note, date_format(one.on) if one.on else ""])))
        for number, one in enumerate(topic.evidence[:MOST_NAMED], start=1)
    ]
    if topic.total > MOST_NAMED:
        lines.append(_("另有 %d 件。") % (topic.total - MOST_NAMED))
    return "\n".join(lines)[:8000]


def _row(paper: Paper, one: Evidence) -> PaperEvidence:
    return PaperEvidence(paper=paper, title=one.title[:200], **{f"{one.kind}_id": one.pk})


def _place(user: User, paper: Paper, named: Sequence[tuple[str, Point | None]]) -> None:
    """Mark the places that lie in the district; a draft is no worse for one that does not."""
    shapes = [NewPlace(name[:80], place) for name, place in named if place is not None][: places.MOST]
    if not shapes:
        return
    with suppress(Refusal):
        places.add_shapes(user, paper, shapes)


def _areas(user: User, paper: Paper, areas: Iterable[Area]) -> None:
    with suppress(Refusal):
        places.add_areas(user, paper, list(areas))


def evidence_for(user: Asker, paper: Paper) -> list[dict[str, Any]]:
    """Return what a paper rests on, as far as the rooms of the things show them to `user`."""
    rows = list(paper.evidence.select_related("matter__finding", "matter__split_from", "point", "project"))
    kinds = {
        "matter": set(suggestions_visible_to(user).filter(raised__paper=paper).values_list("pk", flat=True)),
        "point": _known(points_visible_to(user), [row.point_id for row in rows]),
        "project": _known(projects_visible_to(user), [row.project_id for row in rows]),
    }
    return [
        {"row": row, "url": _address(row), "photos": _photos(user, row)}
        for row in rows
        if any(getattr(row, f"{kind}_id") in seen for kind, seen in kinds.items())
    ]


def _known(visible: QuerySet[Any], keys: Iterable[int | None]) -> set[int]:
    wanted = [key for key in keys if key is not None]
    return set(visible.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def _address(row: PaperEvidence) -> str:
    if row.matter is not None:
        return reverse("supervision:suggestion", args=[row.matter.number])
    thing = row.point or row.project
    return thing.get_absolute_url() if thing is not None else ""


def _photos(user: Asker, row: PaperEvidence) -> list[Any]:
    """The photos that were there when the draft was begun, for whoever may see the finding."""
    seen = row.matter.source if row.matter is not None and row.photos else None
    if seen is None or not findings_visible_to(user).filter(pk=seen.pk).exists():
        return []
    return list(seen.photos.filter(sha256__in=row.photos))
