"""A foreign page: the district's, which staff of a town do not keep."""

from tests.architecture.access.foreign.row import Foreign

DRAFT = "pk=DRAFT_PAGE"
TOP = {"version": "1", "title": "视察", "column": "news", "area": "DISTRICT", "audience": "everybody"}
TEXT = {"version": "1", "text": "别人的话"}

FOREIGN = [
    Foreign("cms:desk", "pk=SITE_PAGE", {"version": "1", "verb": "revise"}),
    Foreign("cms:edit", DRAFT, TOP),
    Foreign("cms:block_new", f"{DRAFT} kind=text", TEXT),
    Foreign("cms:block", f"{DRAFT} index=0", TEXT),
    Foreign("cms:arrange", f"{DRAFT} index=0", {"version": "1", "do": "remove"}),
    Foreign("cms:restore", f"{DRAFT} number=1", {"version": "1"}),
    Foreign("cms:old_address_remove", "pk=OLD_ADDRESS"),
    Foreign("cms:batch", "pk=ARTICLES", {"decision": "send_back", "seen": "0", "text": "别人的话"}, taken=403),
    Foreign("cms:new", "", TOP, "400 400 404 404 404"),
]
NO_OBJECT = {
    "publishing:confirm": "one's own reading; `tests/integration/publishing/test_pages.py` tries who is not addressed",
}
