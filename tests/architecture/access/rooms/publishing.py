"""Who gets what at the addresses of `news/` and `cms/`."""

from tests.architecture.access.answers import EVERYBODY, NOBODY_BY_GET, NOTHING, NOTHING_SIGNED_IN, STAFF_ONLY

BAD_FORM = "302 404 404 404 404 400 400"
# Staff see what they keep without being addressed.
ADDRESSED = "404 200 404 404 404 200 200"
CONFIRMS = "302 302 404 404 404 403 403"
HERE, DRAFT = "pk=SITE_PAGE", "pk=DRAFT_PAGE"

READS = [
    ("publishing:list", "", EVERYBODY),
    ("publishing:feed", "", EVERYBODY),
    ("publishing:page", "code=open-page", EVERYBODY),
    ("publishing:page", "code=notice-page", ADDRESSED),
    ("publishing:page", "code=draft-page", NOTHING),
    ("publishing:page", "code=no-such", NOTHING),
    ("publishing:confirm", "code=notice-page", NOBODY_BY_GET),
    ("publishing:file", "number=00000000-0000-4000-8000-000000000000 sha256=no-such", NOTHING),
    ("publishing:issues", "", EVERYBODY),
    ("publishing:issue_page", "code=open-page number=1", NOTHING),
    ("publishing:issue_picture", "number=00000000-0000-4000-8000-000000000000 page=1 sha256=no-such", NOTHING),
    ("publishing:video", "number=00000000-0000-4000-8000-000000000000 part=film", NOTHING),
    ("news-list", "", EVERYBODY),
    ("news-detail", HERE, EVERYBODY),
    ("news-detail", DRAFT, NOTHING),
    ("cms:list", "", STAFF_ONLY),
    ("cms:new", "", STAFF_ONLY),
    ("cms:desk", HERE, STAFF_ONLY),
    ("cms:edit", DRAFT, STAFF_ONLY),
    ("cms:block_new", f"{DRAFT} kind=text", STAFF_ONLY),
    ("cms:block_new", f"{DRAFT} kind=no-such", NOTHING_SIGNED_IN),
    ("cms:block", f"{DRAFT} index=0", STAFF_ONLY),
    ("cms:block", f"{DRAFT} index=9", NOTHING_SIGNED_IN),
    ("cms:arrange", f"{DRAFT} index=0", NOBODY_BY_GET),
    ("cms:restore", f"{DRAFT} number=1", NOBODY_BY_GET),
    ("cms:preview", f"{DRAFT} number=1", STAFF_ONLY),
    ("cms:preview", f"{DRAFT} number=9", NOTHING_SIGNED_IN),
    ("cms:readers", "pk=NOTICE_PAGE", STAFF_ONLY),
    ("cms:readers", HERE, NOTHING_SIGNED_IN),
    ("cms:batches", "", STAFF_ONLY),
    ("cms:batch", "pk=ARTICLES", STAFF_ONLY),
    ("cms:old_addresses", "", STAFF_ONLY),
    ("cms:old_address_remove", "pk=OLD_ADDRESS", NOBODY_BY_GET),
]

WRITES = [
    ("publishing:confirm", "code=notice-page", CONFIRMS),
    ("cms:new", "", BAD_FORM),
    ("cms:desk", HERE, BAD_FORM),
    ("cms:edit", DRAFT, BAD_FORM),
    ("cms:block_new", f"{DRAFT} kind=text", BAD_FORM),
    ("cms:block", f"{DRAFT} index=0", BAD_FORM),
    ("cms:arrange", f"{DRAFT} index=0", NOTHING_SIGNED_IN),
    ("cms:restore", f"{DRAFT} number=9", NOTHING_SIGNED_IN),
    ("cms:batch", "pk=ARTICLES", BAD_FORM),
    # The staff take it away, and the administrator comes too late.
    ("cms:old_address_remove", "pk=OLD_ADDRESS", "302 404 404 404 404 302 404"),
]
