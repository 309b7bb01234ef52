"""Foreign patrols: the deputy's own, with a finding on it."""

from tests.architecture.access.foreign.row import Foreign

FOUND = {"client_id": "6b0c1d6e-0000-4000-8000-000000000001", "kind": "good", "lng": "121.33", "lat": "29.85"}
FOUND |= {"text": "水清"}
TRACK = {"client_id": "6b0c1d6e-0000-4000-8000-000000000002"}
TRACK |= {"points": [{"n": 0, "t": "2026-03-05T09:00:00+08:00", "lng": 121.33, "lat": 29.85}]}

FOREIGN = [
    Foreign("patrols:stop", "pk=PATROL", {}, "404 404 404 404 404", "deputy"),
    Foreign("patrols:find", "pk=RUNNING", FOUND, rightful="deputy"),
    Foreign(
        "patrols:find_by_number",
        "client_id=6b0c1d6e-0000-4000-8000-000000000009",
        FOUND | {"client_id": "6b0c1d6e-0000-4000-8000-000000000003"},
        rightful="deputy",
    ),
    Foreign("patrols:send", "pk=FOUND", {"category": "environment"}, rightful="deputy"),
    Foreign("patrol-stop", "pk=PATROL", {}, rightful="deputy", taken=200, json=True),
    Foreign("patrol-track", "pk=RUNNING", TRACK, rightful="deputy", taken=200, json=True),
]
NO_OBJECT = {
    "patrols:new": "one's own patrol",
    "patrol-list": "one's own patrol",
}
