"""Erasing what a person wrote of a project, on a lawful ground: that there was a feedback stays, the words go."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Asker, leads
from geokit.refusal import NotPermitted
from ledger import audit
from ledger.actors import account_of
from ledger.erasure import erase
from projects.feedback.models import Feedback


@transaction.atomic
def erase_feedback(actor: Asker, feedback: Feedback, reason: str) -> int:
    """Erase words, contact and photo of a feedback; how many rows held something.

    Raises NotPermitted but for district staff, BadInput without a reason or where nothing is left to erase.
    """
    if not leads(actor, feedback.project.area):
        raise NotPermitted(_("只有区人大工作人员可以删除个人信息。"))
    covered = [feedback.covered] if hasattr(feedback, "covered") else []
    records = erase(actor, [feedback, *covered, *feedback.events.filter(verb="file")], reason)
    audit.record(account_of(actor), "erase-feedback", feedback, rows=len(records))
    return len(records)


def erase_feedback_again(actor: Asker, number: int, reason: str) -> int:
    """The same in a restored site. For `erasures` of the app. Raises also Feedback.DoesNotExist."""
    return erase_feedback(actor, Feedback.objects.get(pk=number), reason)
