"""Answers by who can read a mailbox: the answer travels in the link, and nothing is kept before the owner opens it.

A mailbox answers once for each project. It says that a person stands behind the answer who has one; who she is it does
not say, and the address is kept nowhere.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.notices import links
from accounts.rate_limits import Limit, digest_of, spend
from geokit.refusal import BadInput, Busy
from projects.plan.models import Project
from projects.ratings.models import Answer
from projects.ratings.period import period_of
from projects.ratings.services import record_answer
from ui.forms.mailboxes import require_mailbox

SALT = "projects.ratings.mailbox"
GOOD_FOR = timedelta(days=2)
PER_MAILBOX = Limit("rating-mailbox", 5, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer in a link that its writer has not yet confirmed."""

    project: int
    choice: str
    mailbox: str
    """A digest of mailbox and project."""


def send_link(project: Project, choice: str, email: str) -> None:
    """Mail the link that makes an answer count. The page says the same whether or not the mailbox has answered.

    Raises BadInput (not open, no mailbox that can be written to), TooMany, Busy where the mail server fails.
    """
    if not period_of(project, timezone.now()).is_open:
        raise BadInput(_("“%(name)s”现在不在满意度测评期内。") % {"name": project.name}, code="not-open")
    mailbox = email.strip()
    require_mailbox(mailbox)
    spend(PER_MAILBOX, plain_mailbox(mailbox))
    pending = [project.pk, choice, mailbox_digest(mailbox, project.pk)]
    address = links.absolute(reverse("projects:confirm_rating", args=[signing.dumps(pending, salt=SALT)]))
    label = Answer.Choice(choice).label
    body = _("您对“%(name)s”的评价是“%(choice)s”。打开下面的页面确认，两天内有效；不是您评的请不必理会。\n\n%(link)s")
    words = {"name": project.name, "choice": label, "link": address}
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(_("请确认您的满意度评价"), body % words, to=[mailbox], headers=headers).send()
    except OSError as error:  # SMTPException is one too
        raise Busy(_("邮件没有发出，请稍后再试。")) from error


def read_link(token: str) -> Pending | None:
    """Return the answer that a link carries; None for a link that is false or too old."""
    try:
        project, choice, mailbox = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Pending(project, choice, mailbox)


@transaction.atomic
def confirm(pending: Pending) -> Answer:
    """Count the answer of who opened the link. Raises BadInput (not open any more, answered already)."""
    return record_answer(pending.project, pending.choice, voter_key=pending.mailbox, is_verified=True)


def mailbox_digest(mailbox: str, project_id: int) -> str:
    """Return what is kept of a mailbox. What follows a ``+`` before the @ reaches the same one.

    >>> mailbox_digest("li+a@b.cn", 1) == mailbox_digest("LI@b.cn", 1) != mailbox_digest("li@b.cn", 2)
    True
    """
    return digest_of(f"rating-mailbox:{project_id}:{plain_mailbox(mailbox)}")


def plain_mailbox(mailbox: str) -> str:
    """Return the one spelling of a mailbox.

    >>> plain_mailbox(" Li+rating@B.cn")
    'li@b.cn'
    """
    name, _at, host = mailbox.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
