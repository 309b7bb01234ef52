"""Foreign waters: the points lie in the west town and belong to the water department."""

from datetime import datetime, timedelta

from tests.architecture.access.foreign.row import HIDDEN, REFUSED, Foreign

OUTFALL = {"subkind": "rest", "name": "新名", "state": "fixing", "department": "WATER"}
POINT = {"code": "NEW-1", "name": "新点", "kind": "small", "water": "river", "target_class": "5", "lng": "121.33"}
POINT |= {"lat": "29.85"}
JUDGED_BY = {"version": "1", "target_class": "4", "water": "river", "department": "water", "reason": "区政府文件"}
LISTED = {"to_state": "listed", "version": "1", "note": "属实", "due_on": "2099-01-01"}
SUSPENDED = {"to_state": "suspended", "version": "1", "note": "道路施工"}
BODY_MAY = "404 404 302 404 404"
SAMPLE = {"phenomenon_time": f"{datetime.now() - timedelta(days=3):%Y-%m-%dT%H:%M}", "nh3n": "0.5"}
DOUBT = {"verb": "question", "reason": "与现场不符", "version": "1"}

FOREIGN = [
    Foreign("river:sample_new", "code=P1", SAMPLE, HIDDEN, "officer"),
    Foreign("river:sample_correct", "code=P1 pk=SAMPLE", SAMPLE | {"reason": "抄错"}, HIDDEN, "officer"),
    # Staff of the place question; a department without part in the works and without a post as sampling body does not.
    Foreign("river:sample_check", "code=P1 pk=SAMPLE", DOUBT, "403 403 403 404 404"),
    Foreign("river:works", "code=P2", {"kind": "dredging", "title": "清淤", "measure": "1"}, HIDDEN, "officer"),
    Foreign("river:works", "code=P2", {"causes": "1", "version": "1", "kinds": "domestic"}, HIDDEN, "officer"),
    Foreign("measure-progress", "pk=MEASURE", {"version": 1, "share_done": 10}, REFUSED, "officer", 200, json=True),
    Foreign("river:measure", "code=P2 pk=MEASURE", {"version": "1", "share_done": "10"}, HIDDEN, "officer"),
    # The ecology bureau is an accepting body: it lists and suspends; the point's own department suspends.
    Foreign("river:transition", "code=P3", LISTED, BODY_MAY, "other_officer"),
    Foreign("river:transition", "code=P2", SUSPENDED, BODY_MAY, "officer"),
    # Deputies supervise the whole district; the ecology bureau is an accepting body.
    Foreign("river:object", "code=P2", {"words": "水还是黑的"}, "404 404 404 404 302"),
    Foreign("river:answer_objection", "pk=OBJECTION", {"words": "已核"}, "404 404 302 404 404", "other_officer"),
    Foreign("river:cover", "pk=EVIDENCE", {"words": "拍到门牌"}, "404 404 302 404 404", "officer"),
    Foreign("river:vouch", "pk=EVIDENCE", {"words": "河长在场"}, "404 404 302 404 404", "officer"),
    Foreign("river:point_change", "code=P1", JUDGED_BY, HIDDEN, "admin"),
    Foreign("river:outfall", "code=O1", OUTFALL | {"version": "1"}, "403 403 403 403 403", "officer"),
    Foreign(
        "river:outfall_new",
        "",
        OUTFALL | {"code": "O2", "lng": "121.33", "lat": "29.85"},
        "403 403 403 404 404",
        "officer",
    ),
    Foreign("river:point_new", "", POINT | {"department": "water"}, "403 403 404 302 404"),
    Foreign("monitoring-point-list", "", POINT | {"department": "water"}, "403 403 403 201 403", taken=201, json=True),
]
NO_OBJECT = {
    "river:follow": "who is signed in follows a public point",
    "river:follow_river": "who is signed in follows a public river",
    "river:sample_sheet": "rows name their points; test_foreign_rows",
    "river:update": "rows name their points; test_foreign_rows",
    "sample-list": "items name their points; test_foreign_rows",
}
