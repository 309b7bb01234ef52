"""Finding the places that a document speaks of, and deciding about them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput
from ledger.actors import account_of
from ledger.audit import record
from library.documents.models import Document, Version
from library.documents.permissions import documents_visible_to
from library.documents.queries import newest
from library.places.models import Mention
from search.gazetteer import Gazetteer, Paper

AROUND = 40
"""Characters of the text on each side of a name, for who decides."""


@transaction.atomic
def find_places(document: Document, gazetteer: Gazetteer | None = None) -> int:
    """Look for names in the newest version; how many new ones. What was decided stays decided.

    Who looks through many documents hands in one gazetteer for all of them, which is read once.
    """
    Document.objects.select_for_update().get(pk=document.pk)  # two at once would find each place twice
    version = newest(document)
    text = _text_of(version) if version else ""
    known = set(document.mentions.values_list("kind", "object_id"))
    found = (gazetteer or Gazetteer()).spoken_of(text)
    fresh = [spoken for spoken in found if (spoken.thing.kind, spoken.thing.object_id) not in known]
    Mention.objects.bulk_create(
        Mention(
            document=document,
            kind=spoken.thing.kind,
            object_id=spoken.thing.object_id,
            name=spoken.thing.name[:120],
            address=spoken.thing.address,
            geom=spoken.thing.point,
            quote=_quote(text, spoken.at, len(spoken.thing.name)),
        )
        for spoken in fresh
    )
    return len(fresh)


@transaction.atomic
def decide(actor: User, document: Document, mention_id: int, state: str) -> Mention:
    """Confirm or reject a place that was found. Raises BadInput for another state."""
    if state not in (Mention.State.CONFIRMED, Mention.State.REJECTED):
        raise BadInput(_("只能确认，或写明不是这里。"), code="mention-state")
    mention = document.mentions.select_for_update().get(pk=mention_id)
    mention.state, mention.decided_by, mention.decided_at = state, account_of(actor), timezone.now()
    mention.save(update_fields=["state", "decided_by", "decided_at"])
    record(actor, "library.place", document, mention=mention.pk, state=state)
    return mention


def papers(user: Asker, kind: str, object_id: int) -> list[Paper]:
    """Return the documents that confirmedly speak of a thing, for its page."""
    about = Mention.objects.filter(kind=kind, object_id=object_id, state=Mention.State.CONFIRMED)
    found = documents_visible_to(user).filter(pk__in=about.values("document"))[:20]
    return [Paper(each.title, each.get_absolute_url(), each.get_kind_display()) for each in found]


def _text_of(version: Version) -> str:
    return "\n".join([version.document.title, *version.articles.order_by("order").values_list("text", flat=True)])


def _quote(text: str, at: int, length: int) -> str:
    return " ".join(text[max(0, at - AROUND) : at + length + AROUND].split())[:200]
