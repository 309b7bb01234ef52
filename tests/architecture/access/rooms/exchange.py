"""Who gets what at the addresses of `exchange/`: staff of the whole instance; one's own webhooks; standards for all."""

from tests.architecture.access.answers import (
    EDITORS_ONLY,
    EVERYBODY,
    NOBODY_BY_GET,
    NOTHING,
    NOTHING_SIGNED_IN,
    STAFF_ONLY,
)

BAD_FORM = "302 404 404 404 404 400 400"
TAKEN = "302 404 404 404 404 302 302"
SHOWN = "302 404 404 404 404 200 200"
NO_TOKEN = "403 403 403 403 403 403 403"
HERE, PAPER, HOOK = "pk=PARTNER", "pk=FOREIGN_PAPER", "pk=WEBHOOK"
BAD_HOOK = "302 404 404 404 400 400 400"
DIGEST = "sha256=" + "0" * 64

READS = [
    ("exchange:standards", "", EVERYBODY),
    ("exchange:codes", "version=1.0", EVERYBODY),
    ("exchange:codes", "version=9.0", NOTHING),
    ("exchange:schema", "version=1.0 slug=papers", EVERYBODY),
    ("exchange:schema", "version=1.0 slug=nothing", NOTHING),
    ("exchange:index", "", STAFF_ONLY),
    ("exchange:new", "", STAFF_ONLY),
    ("exchange:partner", HERE, STAFF_ONLY),
    ("exchange:partner", "pk=999999", NOTHING_SIGNED_IN),
    ("exchange:edit", HERE, STAFF_ONLY),
    ("exchange:token", HERE, NOBODY_BY_GET),
    ("exchange:send", HERE, NOBODY_BY_GET),
    ("exchange:download", HERE, STAFF_ONLY),
    ("exchange:undo", f"{HERE} taking=TAKING", NOBODY_BY_GET),
    ("exchange:records", f"{HERE} kind=papers", STAFF_ONLY),
    ("exchange:record", PAPER, STAFF_ONLY),
    ("exchange:record", "pk=999999", NOTHING_SIGNED_IN),
    ("exchange:file", f"{PAPER} {DIGEST}", NOTHING_SIGNED_IN),
    ("exchange_inbox", "", NOBODY_BY_GET),
    ("exchange:webhooks", "", EDITORS_ONLY),
    # It is the staff's own; an administrator sees it to end it.
    ("exchange:webhook", HOOK, STAFF_ONLY),
    ("exchange:webhook", "pk=999999", NOTHING_SIGNED_IN),
    ("exchange:webhook_step", f"{HOOK} step=end", NOBODY_BY_GET),
]

WRITES = [
    ("exchange:new", "", BAD_FORM),
    ("exchange:partner", HERE, BAD_FORM),
    ("exchange:edit", HERE, BAD_FORM),
    ("exchange:token", HERE, SHOWN),
    ("exchange:send", HERE, TAKEN),
    ("exchange:undo", f"{HERE} taking=TAKING", TAKEN),
    ("exchange:record", PAPER, BAD_FORM),
    ("exchange_inbox", "", NO_TOKEN),
    ("exchange:webhooks", "", BAD_HOOK),
    ("exchange:webhook_step", f"{HOOK} step=end", TAKEN),
    ("exchange:webhook_step", f"{HOOK} step=other", NOTHING_SIGNED_IN),
]
"""Only an instance with a token pushes packages."""
