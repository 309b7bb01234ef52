"""What a deputy who leaves has in hand here: papers that she leads and that are not settled."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Asker
from accounts.succession import Belonging
from papers.register.models import Paper, Signatory
from papers.register.permissions import signatures_of
from papers.register.table import PAPERS, PaperState
from papers.register.workflow import write_event

LED = (*PAPERS.in_group("open", "drafting", "with_author"), PaperState.DRAFT)


def led(user: User) -> QuerySet[Paper]:
    leads = Signatory.objects.filter(member__person__user=user, is_lead=True).values("paper")
    return Paper.objects.filter(pk__in=leads, state__in=LED).order_by("pk")


def _signer(paper: Paper, user: User) -> Signatory | None:
    """Her signature under the paper, of a congress that she sits in."""
    own = signatures_of(user).filter(paper=paper).select_related("paper")
    return next((one for one in own if one.has_signed), None)


def did_not_sign(paper: Any, successor: User) -> str:
    """The obstacle where the successor does not stand under the text."""
    return "" if _signer(paper, successor) is not None else _("接替人没有在这一件上联名，不能领衔。")


def give(actor: Asker, paper: Paper, leaver: User, successor: User) -> None:
    """A co-signer leads from now on. By another account of hers she stays the lead: it goes with her seat."""
    locked = Paper.objects.select_for_update().get(pk=paper.pk)
    new = _signer(locked, successor)
    if new is None:
        return
    locked.signatories.filter(is_lead=True).update(is_lead=False)
    new.is_lead = True
    new.save(update_fields=["is_lead"])
    locked.version += 1
    locked.save(update_fields=["version"])
    text = _("由%(leaver)s交给%(successor)s领衔") % {"leaver": leaver, "successor": successor}
    write_event(locked, "lead_passed", actor, text=text, detail={"member": new.member_id})


BELONGINGS = (
    Belonging(
        kind="papers",
        title=gettext_lazy("本人领衔、还没有办结的议案建议"),
        rows=led,
        words=str,
        url=lambda paper: str(paper.get_absolute_url()),
        give=give,
        obstacle=did_not_sign,
    ),
)
