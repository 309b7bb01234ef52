"""A foreign session: of the district's congress, which staff of a town do not keep."""

from tests.architecture.access.foreign.row import Foreign

ITEM = {"version": "1", "kind": "plenary", "title": "开幕会", "starts_at": "2026-01-05T09:00"}
HERE, ITS_ITEM = "pk=MEETING", "pk=MEETING number=AGENDA_ITEM"

FOREIGN = [
    Foreign("meetings:desk", HERE, {"version": "1", "place": "新会场"}),
    Foreign("meetings:item_new", HERE, ITEM),
    Foreign("meetings:item", ITS_ITEM, ITEM),
    Foreign("meetings:item_remove", ITS_ITEM, {"version": "1"}),
    Foreign("meetings:presence", ITS_ITEM, {"member": "MEMBER", "verb": "entered"}),
    Foreign("meetings:document_add", HERE, {"text": "VERSION"}),
    Foreign("meetings:document_remove", "pk=MEETING number=MEETING_DOCUMENT"),
    Foreign("meetings:article", "pk=MEETING number=MEETING_DOCUMENT anchor=all", {"text": "同意"}, rightful="author"),
    Foreign("meetings:new", "", {"session": "SESSION_OF_PAPERS"}, "400 400 404 404 404"),
]
NO_OBJECT = {
    "meetings:sign_in": "one's own presence; `tests/integration/meetings/test_sign_in.py` tries for others",
    "meetings:code": "one's own presence, by a code that was printed",
}
