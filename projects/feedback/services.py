"""Feedback on a project: anybody says it, congress staff look at it before it shows, the department may answer."""

from uuid import UUID

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker, has_role, in_scope, is_deputy, is_officer_of, is_staff_of, staff_inside
from accounts.rate_limits import digest_of
from geokit.refusal import NotPermitted, StaleEdit
from projects.feedback.models import Feedback, FeedbackEvent
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.refusals import field_refusal
from ui.pictures.photos import sanitise_photo

State, Verb = Feedback.State, FeedbackEvent.Verb
RECEIPT_SALT = "projects.feedback"


def feedback_visible_to(user: Asker) -> QuerySet[Feedback]:
    """Staff see all feedback of their projects; everybody else sees what was published on projects visible to them."""
    of_projects = Feedback.objects.filter(project__in=projects_visible_to(user))
    if has_role(user, Role.STAFF):
        return of_projects.filter(
            Q(state=State.SHOWN) | Q(pk__in=in_scope(user, of_projects, "project__area", "project__geom"))
        )
    return of_projects.filter(state=State.SHOWN)


def feedback_decided_by(user: Asker) -> QuerySet[Feedback]:
    """Return the feedback of which `may_decide`: its writer's contact is for nobody else, even where the words show."""
    if not has_role(user, Role.STAFF):
        return Feedback.objects.none()
    return in_scope(user, feedback_visible_to(user), "project__area", "project__geom")


@transaction.atomic
def submit_feedback(
    project: Project,
    text: str,
    photo: UploadedFile | None = None,
    contact: str = "",
    sender: Asker = None,
    form: UUID | None = None,
) -> Feedback:
    """Take in what somebody says of a project; it waits for staff. One `form` sent twice is one feedback.

    The same words from another form are another's: whoever sends them must not get the first one's private page.
    A `sender` who is a deputy is recorded; nobody else is. Raises BadInput (no words), PhotoRefused.
    """
    words = text.strip()
    if not words:
        message = _("请写下您看到的情况或意见。")
        raise field_refusal("text", "text-missing", message, "required")
    deputy = sender if isinstance(sender, User) and is_deputy(sender) else None
    Project.objects.select_for_update().get(pk=project.pk)  # so that a double click is seen as one
    key = digest_of(f"feedback-form:{form}") if form else ""
    if same := _duplicate(project, words, key):
        return same
    feedback = Feedback(project=project, text=words, contact=contact.strip(), deputy=deputy, form_key=key)
    if photo is not None:
        clean = sanitise_photo(photo)
        feedback.photo.save(f"{clean.sha256[:24]}{clean.suffix}", ContentFile(clean.content), save=False)
    feedback.save()
    _record(feedback, Verb.FILE, deputy)
    _notify_staff(project)
    return feedback


def receipt_token(feedback: Feedback) -> str:
    """The private token by which who wrote it, and nobody else, sees what became of it."""
    return signing.dumps(feedback.pk, salt=RECEIPT_SALT)


def find_by_receipt(token: str) -> Feedback | None:
    """Return what a private token is about; None for a false one."""
    try:
        key = signing.loads(token, salt=RECEIPT_SALT)
    except signing.BadSignature:
        return None
    return Feedback.objects.select_related("project").filter(pk=key).first()


@transaction.atomic
def show_feedback(pk: int, actor: User, expected_version: int) -> Feedback:
    """Let everybody read it. Raises NotPermitted, StaleEdit."""
    return _decide(pk, actor, expected_version, State.SHOWN, "")


@transaction.atomic
def hide_feedback(pk: int, actor: User, expected_version: int, reason: str) -> Feedback:
    """Keep it from the public, and say why. Raises NotPermitted, StaleEdit, BadInput (no reason)."""
    if not reason.strip():
        message = _("请写明不公开的理由，提出人看得到。")
        raise field_refusal("reason", "reason-missing", message, "required")
    return _decide(pk, actor, expected_version, State.HIDDEN, reason.strip())


@transaction.atomic
def reply_to_feedback(pk: int, actor: User, text: str) -> FeedbackEvent:
    """Answer in the department's or the congress's name, below what was said. Raises NotPermitted, BadInput.

    Who says the same words twice has said them once.
    """
    feedback = Feedback.objects.select_for_update(of=("self",)).select_related("project").get(pk=pk)
    if not may_reply(actor, feedback):
        raise NotPermitted(_("只有牵头单位和人大工作人员可以回应。"))
    if not text.strip():
        message = _("请写下回应。")
        raise field_refusal("text", "text-missing", message, "required")
    words = text.strip()
    said = feedback.events.filter(verb=Verb.REPLY, actor=actor, text=words).order_by("-pk").first()
    return said or _record(feedback, Verb.REPLY, actor, words)


def may_moderate(user: Asker) -> bool:
    """Tell whether there is feedback of which `user` decides whether it shows; of one decides `may_decide`."""
    return has_role(user, Role.STAFF)


def may_decide(user: Asker, feedback: Feedback) -> bool:
    """Tell whether `user` is congress staff of where the project is."""
    return is_staff_of(user, feedback.project.area, feedback.project.geom)


def count_waiting_feedback(user: Asker) -> int:
    """Count what waits for a look by `user`."""
    return feedback_visible_to(user).filter(state=State.WAITING).count() if may_moderate(user) else 0


def may_reply(user: Asker, feedback: Feedback) -> bool:
    """Staff of the place answer anything; the lead department what shows."""
    shown = feedback.state == State.SHOWN
    return may_decide(user, feedback) or (shown and is_officer_of(user, feedback.project.lead_id))


def _decide(pk: int, actor: User, expected_version: int, state: str, reason: str) -> Feedback:
    feedback = Feedback.objects.select_for_update(of=("self",)).select_related("project__area").get(pk=pk)
    if not may_decide(actor, feedback):
        raise NotPermitted(_("公众反馈由人大工作人员审核。"))
    if feedback.version != expected_version:
        raise StaleEdit(_("这条反馈在您打开页面之后已被处理。请看最新情况。"))
    feedback.state, feedback.reason = state, reason
    feedback.version += 1
    feedback.save(update_fields=["state", "reason", "version"])
    _record(feedback, Verb.SHOW if state == State.SHOWN else Verb.HIDE, actor, reason)
    return feedback


def _duplicate(project: Project, text: str, key: str) -> Feedback | None:
    """What the same form has brought before, with the same words."""
    return Feedback.objects.filter(form_key=key, project=project, text=text).first() if key else None


def _record(feedback: Feedback, verb: str, actor: User | None, text: str = "") -> FeedbackEvent:
    return FeedbackEvent.objects.create(feedback=feedback, verb=verb, text=text, actor=actor)


def _notify_staff(project: Project) -> None:
    """Once a day and project: that something waits, however much it is."""
    staff = User.objects.filter(staff_inside(project.area), is_active=True)
    title = _("“%(name)s”有新的公众反馈待审核") % {"name": project.name}
    key = f"feedback:{project.pk}:{timezone.localdate()}"
    notify(staff, "project-feedback", title, url=reverse("projects:feedback_desk"), key=key)
