"""Foreign stations and what belongs to them: the station stands in the west town."""

from tests.architecture.access.foreign.row import GIS_MAY, Foreign

DAY = {"starts_at": "2099-01-05T09:00", "ends_at": "2099-01-05T11:00"}
SERIES = {
    "kind": "routine", "rhythm": "nth", "interval": "1", "week": "1", "weekday": "2", "day": "15", "starts": "08:30",
    "ends": "11:00", "starts_on": "2099-01-01", "ends_on": "2099-03-01", "on_holiday": "keep", "capacity": "5",
    "deputies": "DEPUTY", "save": "1",
}  # fmt: skip
STATION_FORM = {"version": "1", "phone": "1", "days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
KINDS = ("reception", "meeting", "inspection", "study", "suggestion", "vote", "other")
RULE = {"valid_from": "2099-01-01", "required_days": "5"} | {f"{kind}_points": "1" for kind in KINDS}

FOREIGN = [
    Foreign("stations:group", "pk=GROUP", {"text": "周五去看河"}),
    Foreign("stations:announce", "code=S1", DAY | {"kind": "routine", "capacity": "9", "deputies": "DEPUTY"}),
    Foreign("stations:series_new", "code=S1", SERIES),
    Foreign("stations:edit", "code=S1", STATION_FORM),
    Foreign("stations:area", "code=S1", {"version": "1", "areas": "330203100001"}, "404 404 404 302 404"),
    Foreign("stations:reception_step", "pk=RECEPTION step=cancel", {"version": "1", "reason": "台风"}),
    Foreign("stations:reception_step", "pk=COMING step=leave", {"version": "1", "reason": "病", "deputy": "DEPUTY"}),
    Foreign("stations:reception_step", "pk=COMING step=substitute", {"leave": "LEAVE", "deputy": "SUBSTITUTE"}),
    Foreign("stations:activity_reply", "pk=ACTIVITY step=leave", {"reason": "病"}, rightful="receiving_deputy"),
    Foreign("stations:reception_step", "pk=HELD step=matter", {"level": "town", "text": "路灯"}),
    Foreign("stations:matter_step", "pk=STATION_MATTER step=settle", {"version": "1", "answer": "已修"}),
    Foreign("stations:activity_step", "pk=ACTIVITY step=cancel", {"version": "1", "reason": "台风"}),
    Foreign("stations:duty_add", "page_code=d1", {"kind": "study", "on": "2026-03-05", "title": "学习"}),
    Foreign("stations:duty_step", "pk=DUTY step=withdraw", {"version": "1", "reason": "重复"}),
    Foreign("stations:duty_rule", "", RULE),
    Foreign("stations:areas_mend", "", {}, GIS_MAY),
    Foreign("stations:areas_close", "", {}, GIS_MAY),
    Foreign("stations:areas_upload", "", {}, "404 404 404 400 404", taken=400),
]
NO_OBJECT = {
    "stations:book": "anybody books",
    "stations:booking": "a private link's",
    "stations:sign_in": "a deputy signs herself in by the activity's code",
    "stations:activity_new": "of one's own town; test_foreign_rows",
    "stations:sheet": "rows name their stations; test_foreign_rows",
    "reception-list": "items name their stations; test_foreign_rows",
}
