"""Files that belong to a paper: what may be one, kept with its SHA-256, taken away while it is a draft."""

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import refuse
from ledger.steps.apply import apply
from papers.register.models import Paper, PaperFile
from papers.register.table import PaperVerb
from papers.register.workflow import WORKFLOW
from ui.attachments import MOST, check_attachment


@transaction.atomic
def attach(user: User, paper: Paper | int, file: UploadedFile) -> PaperFile:
    """Add a file to a draft. Raises NotPermitted, TooLarge, BadInput."""
    given = check_attachment(file)
    changed = apply(WORKFLOW, user, paper, PaperVerb.ATTACH, None, {"detail": {"added": given.name}}).paper
    if changed.files.count() >= MOST:
        raise refuse("file", "too-many", _("附件最多 %d 个。") % MOST)
    made = PaperFile(paper=changed, name=given.name, sha256=given.sha256, author=user)
    made.file.save(f"{made.sha256[:24]}{given.suffix}", ContentFile(given.content), save=False)
    made.save()
    return made


@transaction.atomic
def detach(user: User, paper: Paper | int, file_id: int) -> None:
    """Take a file away from a draft; the chain keeps that it was there."""
    changed = apply(WORKFLOW, user, paper, PaperVerb.ATTACH, None, {"detail": {"removed": file_id}}).paper
    changed.files.filter(pk=file_id).delete()
