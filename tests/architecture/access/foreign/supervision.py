"""Foreign matters: reported in the west town, with the water department."""

from tests.architecture.access.foreign.row import Foreign

RULE = {"version": "0", "category": "environment", "department": "WATER", "priority": "100", "is_active": "on"}
KIND = {"name": "油污", "icon": "drop", "urgency": "soon", "amount": "12", "unit": "hours", "category": "environment"}
KIND |= {"position": "30", "is_active": "on", "since": "2099-01-01", "reason": "更快"}
URGED = {"version": "1", "text": "请办"}
# Every deputy reads what citizens reported; only who stands for it urges.
NOT_HERS = "404 404 404 404 403"
BOX = {"left": "1", "top": "1", "width": "5", "height": "5"}

REPLY_TEXT = {"version": "1", "name": "油污", "text": "{编号}已清除"}
DECIDED = {"version": "1", "text": "理由"}
ASKED_LATER = DECIDED | {"until": "2099-01-15"}

FOREIGN = [
    Foreign("supervision:step", "number=2026-00002 verb=ask_return", DECIDED, NOT_HERS, "officer"),
    Foreign("supervision:step", "number=2026-00002 verb=ask_extension", ASKED_LATER, NOT_HERS, "officer"),
    Foreign(
        "supervision:step",
        "number=2026-00002 verb=ask_forward",
        DECIDED | {"department": "ECOLOGY"},
        NOT_HERS,
        "officer",
    ),
    Foreign("supervision:step", "number=2026-00006 verb=hand_on", DECIDED | {"department": "ECOLOGY"}, NOT_HERS),
    Foreign("supervision:step", "number=2026-00002 verb=forward", DECIDED | {"department": "ECOLOGY"}, NOT_HERS),
    Foreign("supervision:step", "number=2026-00004 verb=drop_request", DECIDED, NOT_HERS, "officer"),
    Foreign("supervision:step", "number=2026-00004 verb=return", DECIDED, NOT_HERS),
    Foreign("supervision:step", "number=2026-00004 verb=refuse_request", DECIDED, NOT_HERS),
    Foreign("supervision:step", "number=2026-00005 verb=extend", ASKED_LATER, NOT_HERS),
    Foreign("supervision:step", "number=2026-00002 verb=urge", URGED, NOT_HERS),
    Foreign(
        "supervision:step",
        "number=2026-00001 verb=reply",
        {"version": "1", "text": "已清", "result": "A"},
        rightful="officer",
    ),
    Foreign("suggestion-steps", "number=2026-00002", URGED | {"verb": "urge"}, NOT_HERS, taken=200, json=True),
    Foreign("suggestion-steps", "number=2026-00004", DECIDED | {"verb": "return"}, NOT_HERS, taken=200, json=True),
    Foreign("suggestion-files", "number=2026-00002", {}, NOT_HERS, "officer", taken=400),
    Foreign("matters:received", "", {"chosen": "RECEIVED:1", "do": "accept"}, "302 302 404 404 404", by_row=True),
    Foreign("matters:publish", "number=2026-00002", {"version": "1", "text": "水面有油污"}),
    Foreign("matters:cover", "pk=PHOTO", BOX),
    Foreign("matters:adopt", "number=2026-00002", {"version": "1"}, "404 404 404 404 302", "deputy"),
    Foreign("supervision:reply_text", "pk=REPLY_TEXT", REPLY_TEXT, rightful="officer"),
    Foreign("supervision:reply_text_delete", "pk=REPLY_TEXT", {"version": "1"}, rightful="officer"),
    Foreign("supervision:kind", "code=oil-film", KIND),
    Foreign("supervision:rule_new", "", RULE),
    Foreign("supervision:rule", "pk=RULE", RULE | {"version": "1"}),
    Foreign("supervision:rule_delete", "pk=RULE", {"version": "1"}),
]
NO_OBJECT = {
    "supervision:reply_text_new": "a department's own",
    "supervision:update": "rows name their matters; test_foreign_rows",
    "supervision:report": "anybody reports",
    "finding-list": "who may report does so anywhere; the links of a report are checked in tests of findings",
    "matters:mine_step": "a private link's",
    "matters:mine_by_mail": "a private link's",
    "matters:support": "who may read a published matter supports it once",
}
