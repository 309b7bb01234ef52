"""Who gets what at the addresses of `inspections/`."""

from tests.architecture.access.answers import EVERYBODY, NOTHING_SIGNED_IN, WALKER_AND_STAFF

READS = [
    # The patrol is the deputy's own and has ended; nothing found on it was sent to a department.
    ("patrols:list", "", "302 200 200 200 404 200 200"),
    ("patrols:new", "", "302 200 404 404 404 200 200"),
    ("patrols:here", "", "302 302 404 404 404 302 302"),
    ("patrols:offline", "", EVERYBODY),
    ("patrols:coverage", "", EVERYBODY),
    ("patrols:detail", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:print", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:track", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:stop", "pk=PATROL", "405 405 405 405 405 405 405"),
    ("patrols:find", "pk=PATROL", NOTHING_SIGNED_IN),
    ("patrols:find_by_number", "client_id=00000000-0000-4000-8000-000000000000", "405 405 405 405 405 405 405"),
    ("patrols:send", "pk=999999", "405 405 405 405 405 405 405"),
    ("patrols:photo", "pk=999999", NOTHING_SIGNED_IN),
    ("patrols:photo_small", "pk=999999", NOTHING_SIGNED_IN),
    ("patrol-list", "", "403 200 200 200 200 200 200"),
    ("patrol-detail", "pk=PATROL", "403 200 404 404 404 200 200"),
    ("patrol-track", "pk=PATROL", "403 405 405 405 405 405 405"),
    ("patrol-stop", "pk=PATROL", "403 405 405 405 405 405 405"),
]

WRITES = [
    ("patrol-list", "", "403 400 400 400 400 400 400"),
    ("patrol-track", "pk=PATROL", "403 400 404 404 404 400 400"),
    # Ended already: ending it again changes nothing for her; somebody else's is not theirs to end.
    ("patrol-stop", "pk=PATROL", "403 200 404 404 404 403 403"),
    ("patrols:stop", "pk=PATROL", "302 302 404 404 404 403 403"),
    ("patrols:find_by_number", "client_id=00000000-0000-4000-8000-000000000000", NOTHING_SIGNED_IN),
    ("patrols:send", "pk=999999", NOTHING_SIGNED_IN),
]
