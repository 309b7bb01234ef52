"""Who gets what at the addresses of `meetings/`."""

from tests.architecture.access.answers import EVERYBODY, NOBODY_BY_GET, NOTHING, NOTHING_SIGNED_IN, STAFF_ONLY

# The column is not public, and no deputy of the table has a seat.
ITS_DESK = "404 404 404 404 404 200 200"
BAD_FORM = "302 404 404 404 404 400 400"
STALE = "302 404 404 404 404 409 409"

READS = [
    ("meetings:list", "", EVERYBODY),
    ("meetings:new", "", STAFF_ONLY),
    ("meetings:code", "code=never-printed", NOTHING_SIGNED_IN),
    ("meetings:meeting", "pk=MEETING", ITS_DESK),
    ("meetings:papers", "pk=MEETING", ITS_DESK),
    ("meetings:sign_in", "pk=MEETING", NOBODY_BY_GET),
    ("meetings:document", "pk=MEETING number=MEETING_DOCUMENT", ITS_DESK),
    ("meetings:document", "pk=MEETING number=999999", NOTHING),
    ("meetings:document_remove", "pk=MEETING number=999999", NOBODY_BY_GET),
    ("meetings:article", "pk=MEETING number=MEETING_DOCUMENT anchor=all", STAFF_ONLY),
    ("meetings:article", "pk=MEETING number=MEETING_DOCUMENT anchor=no-such", NOTHING_SIGNED_IN),
    ("meetings:desk", "pk=MEETING", STAFF_ONLY),
    ("meetings:document_add", "pk=MEETING", STAFF_ONLY),
    ("meetings:item_new", "pk=MEETING", STAFF_ONLY),
    ("meetings:item", "pk=MEETING number=AGENDA_ITEM", STAFF_ONLY),
    ("meetings:item_remove", "pk=MEETING number=AGENDA_ITEM", NOBODY_BY_GET),
    ("meetings:presence", "pk=MEETING number=AGENDA_ITEM", STAFF_ONLY),
    ("meetings:print_code", "pk=MEETING number=AGENDA_ITEM", STAFF_ONLY),
    ("meetings:comments", "pk=MEETING suffix=csv", STAFF_ONLY),
    ("meetings:comments", "pk=MEETING suffix=docx", NOTHING_SIGNED_IN),
    ("meetings:minutes", "pk=MEETING", STAFF_ONLY),
]

WRITES = [
    ("meetings:new", "", BAD_FORM),
    ("meetings:code", "code=never-printed", NOTHING_SIGNED_IN),
    ("meetings:sign_in", "pk=MEETING", NOTHING_SIGNED_IN),
    ("meetings:document_remove", "pk=MEETING number=999999", NOTHING_SIGNED_IN),
    ("meetings:article", "pk=MEETING number=MEETING_DOCUMENT anchor=all", BAD_FORM),
    ("meetings:desk", "pk=MEETING", BAD_FORM),
    ("meetings:document_add", "pk=MEETING", BAD_FORM),
    ("meetings:item_new", "pk=MEETING", BAD_FORM),
    ("meetings:item", "pk=MEETING number=AGENDA_ITEM", BAD_FORM),
    ("meetings:item_remove", "pk=MEETING number=AGENDA_ITEM", STALE),
    ("meetings:presence", "pk=MEETING number=AGENDA_ITEM", BAD_FORM),
]
