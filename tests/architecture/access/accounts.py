"""Who gets what at the addresses of `accounts/`."""

from tests.architecture.access.answers import (
    EVERYBODY,
    NOBODY_BY_GET,
    NOTHING,
    NOTHING_SIGNED_IN,
    SIGNED_IN,
    STAFF_ONLY,
)

READS = [
    ("notices:list", "", SIGNED_IN),
    ("notices:open", "pk=0", NOTHING_SIGNED_IN),
    ("notices:read_all", "", NOBODY_BY_GET),
    ("notices:preferences", "", SIGNED_IN),
    ("notices:robots", "", "302 404 200 200 404 200 200"),
    ("notices:robot_step", "pk=0 step=try", NOBODY_BY_GET),
    ("notices:confirm", "token=guess", NOTHING),
    ("notices:unsubscribe", "token=guess", NOTHING),
    ("tokens:list", "", "302 404 200 200 404 404 200"),
    ("tokens:revoke", "pk=0", NOBODY_BY_GET),
    ("people:list", "", STAFF_ONLY),
    ("people:download", "extension=csv", STAFF_ONLY),
    ("people:download", "extension=docx", NOTHING_SIGNED_IN),
    ("people:invite", "", STAFF_ONLY),
    ("people:sheet", "", STAFF_ONLY),
    ("people:person", "pk=0", NOTHING_SIGNED_IN),
    ("people:step", "pk=0 step=close", NOBODY_BY_GET),
    ("invitation", "token=guess signature=guess", NOTHING),
    ("rules:list", "", EVERYBODY),
    ("rules:download", "extension=csv", EVERYBODY),
    ("rules:download", "extension=docx", NOTHING),
    ("rules:rule", "key=delisting.months", EVERYBODY),
    ("rules:rule", "key=no.rule", NOTHING),
    ("rules:change", "key=delisting.months", NOBODY_BY_GET),
    ("rules:withdraw", "key=delisting.months pk=0", NOBODY_BY_GET),
    ("account_login", "", "200 302 302 302 302 302 302"),
]

WRITES = [
    ("rules:change", "key=delisting.months", "302 404 404 404 404 400 400"),
    ("rules:withdraw", "key=delisting.months pk=0", "302 404 404 404 404 400 400"),
]
