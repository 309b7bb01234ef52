"""Writes of ratings: one answer each, and counts made on paper."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import User
from accounts.permissions import Asker, is_staff_of
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.refusals import field_refusal
from projects.ratings.bursts import count_in_bursts
from projects.ratings.electorate import most_voters, rates_as_deputy
from projects.ratings.models import Answer, PaperCount, PaperDecision, Rating
from projects.ratings.period import period_of
from ui.pictures.photos import sanitise_photo

Choice, Voter = Answer.Choice, Rating.Voter


@dataclass(frozen=True, slots=True)
class Counts:
    """How many gave each answer."""

    satisfied: int = 0
    fairly_satisfied: int = 0
    dissatisfied: int = 0
    abstained: int = 0

    @property
    def total(self) -> int:
        return self.satisfied + self.fairly_satisfied + self.dissatisfied + self.abstained


@transaction.atomic
def record_answer(
    project_id: int,
    choice: str,
    *,
    deputy: User | None = None,
    voter_key: str = "",
    is_verified: bool = False,
    network: str = "",
    now: datetime | None = None,
) -> Answer:
    """Take one answer: of a deputy, of a mailbox that was confirmed (`is_verified`), or of a browser.

    Raises NotPermitted, BadInput (not open, answered already).
    """
    project = projects_visible_to(deputy).select_for_update(of=("self",)).get(pk=project_id)
    if deputy is not None and not rates_as_deputy(deputy, project):
        raise NotPermitted(_("只有在任代表可以参加代表测评。"))
    if not period_of(project, now or timezone.now()).is_open:
        raise BadInput(_("“%(name)s”现在不在满意度测评期内。") % {"name": project.name}, code="not-open")
    if choice not in Choice.values:
        message = _("请选择满意、基本满意、不满意或弃权。")
        raise field_refusal("choice", "no-choice", message)
    try:
        with transaction.atomic():
            verified = is_verified or deputy is not None
            given = Answer.objects.create(
                project=project,
                deputy=deputy,
                voter_key=voter_key,
                is_verified=verified,
                network=network,
                choice=choice,
            )
    except IntegrityError as error:
        raise BadInput(_("您已经评价过这个项目，每人一次。"), code="answered-already") from error
    anybody = Voter.PUBLIC if is_verified else Voter.UNVERIFIED
    refresh_rating(project, Voter.DEPUTY if deputy else anybody)
    return given


@transaction.atomic
def enter_paper_count(
    project_id: int,
    actor: User,
    voter: str,
    counts: Counts,
    counted_on: date,
    source: str,
    *,
    sheet: str,
    photo: UploadedFile | None = None,
) -> PaperCount:
    """Enter a count made on paper. It counts once a second person has confirmed it (`decide_paper_count`).

    A later one of the same kind then replaces it in the totals, and both are kept. Raises NotPermitted, BadInput,
    PhotoRefused.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    if not is_staff_of(actor, project.area, project.geom):
        raise NotPermitted(_("纸质测评结果由项目所在地的人大工作人员登记。"))
    _check_paper(project, voter, counts, counted_on, source)
    if not sheet.strip():
        raise field_refusal("sheet", "sheet-missing", _("请填写计票表编号，核对的人要找得到它。"), "required")
    _refuse_more_than_asked(project, voter, counts)
    paper = PaperCount(
        project=project,
        voter=voter,
        counted_on=counted_on,
        source=source.strip(),
        sheet=sheet.strip(),
        author=actor,
        **asdict(counts),
    )
    if photo is not None:
        clean = sanitise_photo(photo)
        paper.photo.save(f"{clean.sha256[:24]}{clean.suffix}", ContentFile(clean.content), save=False)
    paper.save()
    audit.record(actor, "enter_paper_count", project, voter=voter, sheet=paper.sheet, **asdict(counts))
    return paper


@transaction.atomic
def decide_paper_count(paper_id: int, actor: User, is_right: bool, reason: str = "") -> PaperDecision:
    """Say as a second person whether a count on paper is what the sheet says; then it counts, or never.

    Raises NotPermitted for who entered it and for staff of elsewhere, BadInput (decided already, no reason for a no,
    more votes than people).
    """
    paper = PaperCount.objects.select_related("project").get(pk=paper_id)
    project = Project.objects.select_for_update().get(pk=paper.project_id)
    if not may_decide_paper(actor, paper):
        raise NotPermitted(_("由另一位工作人员核对，不能是登记的人。"))
    if not paper.needs_second or PaperDecision.objects.filter(paper=paper).exists():
        raise BadInput(_("这份计票已经核对过。"), code="decided-already")
    if not is_right and not reason.strip():
        raise field_refusal("reason", "reason-missing", _("请写明哪里不符。"), "required")
    if is_right:
        _refuse_more_than_asked(project, paper.voter, counts_of(paper))
    done = PaperDecision.objects.create(paper=paper, is_right=is_right, actor=actor, reason=reason.strip())
    audit.record(actor, "decide_paper_count", project, paper=paper.pk, is_right=is_right)
    refresh_rating(project, paper.voter)
    return done


def may_decide_paper(actor: Asker, paper: PaperCount) -> bool:
    """Tell whether `actor` is congress staff of the place and another than who entered it."""
    project = paper.project
    return is_staff_of(actor, project.area, project.geom) and getattr(actor, "pk", None) != paper.author_id


def counts_of(row: Any) -> Counts:
    """The four numbers of a count on paper or a rating."""
    return Counts(*(getattr(row, name) for name in asdict(Counts())))


def paper_in_force(project: Project, voter: str) -> PaperCount | None:
    """The newest count on paper that a second person confirmed, or that is older than the second person."""
    counted = Q(decision__is_right=True) | Q(needs_second=False)
    return project.paper_counts.filter(counted, voter=voter).order_by("-pk").first()


def refresh_rating(project: Project, voter: str) -> Rating:
    """Bring the totals of a locked project up to date: answers given here, and the count on paper in force."""
    total = Counter(asdict(online_counts(project, voter)))
    paper = paper_in_force(project, voter)
    if paper is not None:
        total.update(asdict(counts_of(paper)))
    values = {**total, "in_bursts": _in_bursts(project) if voter == Voter.UNVERIFIED else 0}
    rating, _new = Rating.objects.update_or_create(project=project, voter=voter, defaults=values)
    return rating


def online_counts(project: Project, voter: str) -> Counts:
    """Count the answers that were given here."""
    answers = Answer.objects.filter(project=project, deputy__isnull=voter != Voter.DEPUTY)
    answers = answers.filter(is_verified=voter == Voter.PUBLIC) if voter != Voter.DEPUTY else answers
    found = Counter(answers.values_list("choice", flat=True))
    return Counts(found[Choice.SATISFIED], found[Choice.FAIRLY], found[Choice.DISSATISFIED], found[Choice.ABSTAINED])


def _in_bursts(project: Project) -> int:
    answers = Answer.objects.filter(project=project, is_verified=False, deputy=None)
    within = timedelta(minutes=rules.value("projects.burst_minutes"))
    came = answers.exclude(network="").values_list("network", "created_at")
    return count_in_bursts(came, rules.value("projects.burst_answers"), within)


def _refuse_more_than_asked(project: Project, voter: str, counts: Counts) -> None:
    """Refuse more votes, with those given here, than there are people to give them."""
    most, here = most_voters(project, voter), online_counts(project, voter).total
    if counts.total + here > most:
        message = _("纸质 %(paper)d 票加网上 %(here)d 票，超过了应参加的 %(most)d 人。") % {
            "paper": counts.total,
            "here": here,
            "most": most,
        }
        raise field_refusal("satisfied", "more-than-asked", message)


def _check_paper(project: Project, voter: str, counts: Counts, counted_on: date, source: str) -> None:
    if project.status != Project.Status.RATED:
        message = _("“%(name)s”还没有进入满意度测评阶段。") % {"name": project.name}
        raise BadInput(message, code="not-open")
    if voter not in PaperCount.Voter.values or min(asdict(counts).values()) < 0 or not counts.total:
        message = _("请填写测评主体和票数，至少一票。")
        raise field_refusal("satisfied", "no-votes", message)
    if not source.strip():
        message = _("请写明来源，例如哪次会议、由谁计票。")
        raise field_refusal("source", "source-missing", message, "required")
    if counted_on > timezone.localdate():
        message = _("计票日期还没有到。")
        raise field_refusal("counted_on", "day-to-come", message)
