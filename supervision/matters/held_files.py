"""Files of a step that is not taken yet: of a form that came back, or uploaded by REST ahead of the step.

Each is checked before it is kept, and is good for one person and one matter.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts import rules
from accounts.permissions import Asker
from accounts.rate_limits import Limit, spend
from geokit.refusal import TooLarge, refuse
from ledger.filestore.held import HeldFiles
from supervision.matters.models import Suggestion
from ui.attachments import Attachment

HELD = HeldFiles("matters/held", "supervision.matters.held")
HANDED_IN = Limit("step-files", 120, timedelta(hours=1))
"""Files that one person has kept within an hour; each is 20 MB at most."""
MOST_HELD = 500 * 1024**2
"""Bytes of one person's files that no step has taken yet."""
FULL = "held-files-full"


def keep(user: Asker, matter: Suggestion, file: Attachment) -> str:
    """Keep a checked file; return its ticket. Raises TooMany, TooLarge (`FULL`) for more than one person may hold."""
    holder = str(_person(user))
    spend(HANDED_IN, f"user:{holder}")
    if HELD.bytes_of(holder) + len(file.content) > MOST_HELD:
        words = {"most": MOST_HELD // 1024**2, "hours": kept_for() // timedelta(hours=1)}
        message = gettext(
            "您上传后还没有提交的附件合计超过 %(most)d MB：请先提交，或等它们过期（%(hours)d 小时）后再传。"
        )
        raise TooLarge(message % words, code=FULL)
    facts = {"called": file.name, "suffix": file.suffix}
    return HELD.keep([(file.content, file.suffix, facts)], _owner(user, matter), holder)


def names(user: Asker, matter: Suggestion, tickets: Iterable[str]) -> dict[str, str]:
    """Return what the files of tickets are called, by ticket; those that are not this person's here are missing."""
    found = {ticket: HELD.entries(ticket, kept_for(), _owner(user, matter)) for ticket in tickets}
    return {ticket: str(entries[0]["called"]) for ticket, entries in found.items() if entries}


def read(user: Asker, matter: Suggestion, tickets: Iterable[str]) -> list[Attachment]:
    """Return the files of tickets. Raises BadInput at `files` (``unknown-upload``) where one is not there."""
    return [_read(user, matter, ticket) for ticket in tickets]


def delete(user: Asker, matter: Suggestion, tickets: Iterable[str]) -> None:
    """Delete the files of tickets once the step that took them is sure to stay."""
    gone = list(tickets)

    def now() -> None:
        for ticket in gone:
            HELD.delete(ticket, kept_for(), _owner(user, matter))

    transaction.on_commit(now)


def delete_expired(now: datetime | None = None) -> int:
    """Delete what no step has taken in time; return how many files."""
    return HELD.delete_before((now or timezone.now()) - kept_for())


def kept_for() -> timedelta:
    """How long what a form came back with is kept, by the rule of the district."""
    return timedelta(hours=rules.value("reports.held_hours"))


def _read(user: Asker, matter: Suggestion, ticket: str) -> Attachment:
    for entry in HELD.entries(ticket, kept_for(), _owner(user, matter)):
        content = HELD.content(entry)
        if content is not None:
            return Attachment(entry["called"], content, entry["suffix"], entry["sha256"])
    raise refuse("files", "unknown-upload", gettext("有的附件已经不在，请重新上传。"))


def _owner(user: Asker, matter: Suggestion) -> str:
    return f"{_person(user)}:{matter.pk}"


def _person(user: Asker) -> int:
    assert user is not None and user.pk is not None  # noqa: S101 - only who has an account takes a step with files
    return int(user.pk)
