"""Her seat goes with the person: to another account of hers, never to somebody else."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.congress.models import Person
from accounts.congress.services import require_may_link
from accounts.directory.models import User
from accounts.permissions import Asker
from accounts.succession import Belonging
from ledger import audit


def has_a_seat(row: Any, successor: User) -> str:
    """The obstacle where both accounts have a person: one of the two accounts is taken off first."""
    if Person.objects.filter(user=successor).exists():
        return _("两个账号各有一个代表人员：请先在其中一个的任职页面上把账号改为“没有账号”。")
    return ""


def give(actor: Asker, person: Person, leaver: User, successor: User) -> None:
    """The seat, and with it the vote, goes to her other account, by who may say whose account it is."""
    require_may_link(actor, successor)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    locked.user = successor
    locked.save(update_fields=["user"])
    audit.record(actor, "person-account-changed", locked, before=leaver.pk, after=successor.pk)


BELONGINGS = (
    Belonging(
        kind="seat",
        title=gettext_lazy("代表席位"),
        rows=lambda user: Person.objects.filter(user=user),
        words=str,
        url=lambda person: reverse("members:list"),
        give=give,
        obstacle=has_a_seat,
        of_the_person=True,
    ),
)
