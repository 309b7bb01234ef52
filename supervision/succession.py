"""What a deputy who leaves has in hand here: matters of hers that are not closed."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Asker
from accounts.succession import Belonging
from accounts.succession.services import sits_or_not
from ledger.actors import account_of
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.table import TABLE


def open_matters(user: User) -> QuerySet[Suggestion]:
    return Suggestion.objects.filter(author=user, state__in=TABLE.in_group("accepted")).order_by("pk")


def give(actor: Asker, matter: Suggestion, leaver: User, successor: User) -> None:
    """Another deputy adopts the matter: she follows it and rates the answer. The reporter stays who she was."""
    locked = open_matters(leaver).select_for_update().filter(pk=matter.pk).first()
    if locked is None:
        return  # closed, or somebody else's, since the list was drawn
    locked.author = successor
    locked.version += 1
    locked.save(update_fields=["author", "version"])
    text = _("由%(leaver)s交给%(successor)s") % {"leaver": leaver, "successor": successor}
    SuggestionEvent.objects.create(
        suggestion=locked, verb=SuggestionEvent.Verb.ADOPTED, at=timezone.now(), actor=account_of(actor), text=text
    )


def _url(matter: Any) -> str:
    return reverse("supervision:suggestion", args=[matter.number])


BELONGINGS = (
    Belonging(
        kind="matters",
        title=gettext_lazy("本人提出、还没有办结的事项"),
        rows=open_matters,
        words=str,
        url=_url,
        give=give,
        obstacle=sits_or_not,
    ),
)
