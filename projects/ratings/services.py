"""Writes of ratings: one answer each, and counts made on paper."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import is_staff_of, role_of
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.refusals import field_refusal
from projects.ratings.models import Answer, PaperCount, Rating
from projects.ratings.period import period_of

Choice = Answer.Choice


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
    project_id: int, choice: str, *, deputy: User | None = None, voter_key: str = "", now: datetime | None = None
) -> Answer:
    """Take one answer, of a deputy or of a browser. Raises NotPermitted, BadInput (not open, answered already)."""
    project = projects_visible_to(deputy).select_for_update(of=("self",)).get(pk=project_id)
    if deputy is not None and role_of(deputy) != Role.DEPUTY:
        raise NotPermitted(_("只有代表可以参加代表测评。"))
    if not period_of(project, now or timezone.now()).is_open:
        raise BadInput(_("“%(name)s”现在不在满意度测评期内。") % {"name": project.name}, code="not-open")
    if choice not in Choice.values:
        message = _("请选择满意、基本满意、不满意或弃权。")
        raise field_refusal("choice", "no-choice", message)
    try:
        with transaction.atomic():
            given = Answer.objects.create(project=project, deputy=deputy, voter_key=voter_key, choice=choice)
    except IntegrityError as error:
        raise BadInput(_("您已经评价过这个项目，每人一次。"), code="answered-already") from error
    refresh_rating(project, Rating.Voter.DEPUTY if deputy else Rating.Voter.PUBLIC)
    return given


@transaction.atomic
def enter_paper_count(
    project_id: int, actor: User, voter: str, counts: Counts, counted_on: date, source: str
) -> PaperCount:
    """Enter a count made on paper; a later one of the same kind replaces it in the totals, and both are kept.

    Raises NotPermitted, BadInput.
    """
    project = Project.objects.select_for_update().get(pk=project_id)
    if not is_staff_of(actor, project.area, project.geom):
        raise NotPermitted(_("纸质测评结果由项目所在地的人大工作人员登记。"))
    _check_paper(project, voter, counts, counted_on, source)
    paper = PaperCount.objects.create(
        project=project, voter=voter, counted_on=counted_on, source=source.strip(), author=actor, **asdict(counts)
    )
    refresh_rating(project, voter)
    audit.record(actor, "enter_paper_count", project, voter=voter, **asdict(counts))
    return paper


def refresh_rating(project: Project, voter: str) -> Rating:
    """Bring the totals of a locked project up to date: answers given here, and the newest count on paper."""
    total = Counter(asdict(online_counts(project, voter)))
    paper = project.paper_counts.filter(voter=voter).order_by("-pk").first()
    if paper is not None:
        total.update({name: getattr(paper, name) for name in asdict(Counts())})
    rating, _new = Rating.objects.update_or_create(project=project, voter=voter, defaults=dict(total))
    return rating


def online_counts(project: Project, voter: str) -> Counts:
    """Count the answers that were given here."""
    answers = Answer.objects.filter(project=project, deputy__isnull=voter == Rating.Voter.PUBLIC)
    found = Counter(answers.values_list("choice", flat=True))
    return Counts(found[Choice.SATISFIED], found[Choice.FAIRLY], found[Choice.DISSATISFIED], found[Choice.ABSTAINED])


def _check_paper(project: Project, voter: str, counts: Counts, counted_on: date, source: str) -> None:
    if project.status != Project.Status.RATED:
        message = _("“%(name)s”还没有进入满意度测评阶段。") % {"name": project.name}
        raise BadInput(message, code="not-open")
    if voter not in Rating.Voter.values or min(asdict(counts).values()) < 0 or not counts.total:
        message = _("请填写测评主体和票数，至少一票。")
        raise field_refusal("satisfied", "no-votes", message)
    if not source.strip():
        message = _("请写明来源，例如哪次会议、由谁计票。")
        raise field_refusal("source", "source-missing", message, "required")
    if counted_on > timezone.localdate():
        message = _("计票日期还没有到。")
        raise field_refusal("counted_on", "day-to-come", message)
