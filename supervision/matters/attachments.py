"""Files that belong to a step of a matter: kept with its event, seen by whoever may see the matter."""

from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.translation import gettext

from geokit.refusal import refuse
from supervision.matters.models import EventFile, SuggestionEvent
from supervision.matters.permissions import MatterActor, suggestions_visible_to
from ui.attachments import MOST, Attachment

type Files = Iterable[Attachment]


def files_visible_to(user: MatterActor) -> QuerySet[EventFile]:
    """Return the files of the matters that `user` may see."""
    return EventFile.objects.filter(event__suggestion__in=suggestions_visible_to(user))


def store_files(event: SuggestionEvent, files: Files) -> None:
    """Keep files with an event, each once. Within the transaction of the step; raises BadInput (``too-many``)."""
    known = set(event.files.values_list("sha256", flat=True))
    fresh = {file.sha256: file for file in files if file.sha256 not in known}
    if fresh and len(known) + len(fresh) > MOST:
        raise refuse("files", "too-many", gettext("附件最多 %d 个。") % MOST)
    for file in fresh.values():
        row = EventFile(event=event, name=file.name, sha256=file.sha256)
        row.file.save(f"{file.sha256[:24]}{file.suffix}", ContentFile(file.content), save=False)
        row.save()
