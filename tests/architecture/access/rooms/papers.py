"""Who gets what at the addresses of `papers/`."""

from tests.architecture.access.answers import (
    EVERYBODY,
    NOBODY_BY_GET,
    NOTHING,
    NOTHING_SIGNED_IN,
    STAFF_ONLY,
)

# The paper is with the water department and not published; no deputy of the table has a seat.
WITH_WATER = "404 404 200 404 404 200 200"
BAD_STEP = "302 404 400 404 404 400 400"
ORGANS_ONLY = "302 404 200 200 404 404 404"

READS = [
    ("papers:list", "", EVERYBODY),
    ("papers:new", "", NOTHING_SIGNED_IN),
    ("papers:export", "suffix=csv", "302 404 200 200 404 200 200"),
    ("papers:export", "suffix=docx", NOTHING_SIGNED_IN),
    ("papers:open_data", "suffix=csv", EVERYBODY),
    ("papers:open_data", "suffix=json", EVERYBODY),
    ("papers:open_data", "suffix=docx", NOTHING),
    ("papers:import", "", STAFF_ONLY),
    ("papers:sessions", "", STAFF_ONLY),
    ("papers:session", "pk=999999", NOTHING_SIGNED_IN),
    ("papers:templates", "", ORGANS_ONLY),
    ("papers:template_file", "", ORGANS_ONLY),
    ("papers:topics", "", "302 200 404 404 404 200 200"),
    ("papers:topic", "kind=clusters key=0", NOTHING_SIGNED_IN),
    ("papers:topic_places", "kind=clusters key=0", NOTHING_SIGNED_IN),
    ("papers:topic_begin", "kind=clusters key=0", NOBODY_BY_GET),
    ("papers:raise", "number=2026-00001", NOBODY_BY_GET),
    ("papers:file", "pk=999999", NOTHING),
    ("papers:document", "pk=999999", NOTHING),
    ("papers:scan", "pk=999999", NOTHING),
    ("papers:handling_step", "pk=HANDLING verb=draft", NOBODY_BY_GET),
    ("papers:paper", "pk=FILED_PAPER", WITH_WATER),
    ("papers:whole", "pk=FILED_PAPER", "302 404 200 404 404 200 200"),
    ("papers:places_geojson", "pk=FILED_PAPER", WITH_WATER),
    ("papers:edit", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:signers", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:uninvite", "pk=FILED_PAPER member=1", NOBODY_BY_GET),
    ("papers:places", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:place_remove", "pk=FILED_PAPER place=1", NOBODY_BY_GET),
    ("papers:files", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:detach", "pk=FILED_PAPER file=1", NOBODY_BY_GET),
    ("papers:step", "pk=FILED_PAPER verb=publish", NOBODY_BY_GET),
    ("paper-list", "", EVERYBODY),
    ("paper-detail", "pk=FILED_PAPER", WITH_WATER),
    ("paper-place-list", "", EVERYBODY),
    ("paper-place-detail", "pk=999999", NOTHING),
]

WRITES = [
    ("papers:new", "", NOTHING_SIGNED_IN),
    ("papers:import", "", "302 404 404 404 404 400 400"),
    ("papers:sessions", "", "302 404 404 404 404 400 400"),
    ("papers:session", "pk=999999", NOTHING_SIGNED_IN),
    ("papers:templates", "", "302 404 400 400 404 404 404"),
    ("papers:handling_step", "pk=HANDLING verb=draft", BAD_STEP),
    ("papers:handling_step", "pk=HANDLING verb=no-such", NOTHING_SIGNED_IN),
    ("papers:topic_begin", "kind=clusters key=0", NOTHING_SIGNED_IN),
    ("papers:raise", "number=2026-00001", NOTHING_SIGNED_IN),
    ("papers:edit", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:signers", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:uninvite", "pk=FILED_PAPER member=1", NOTHING_SIGNED_IN),
    ("papers:places", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:place_remove", "pk=FILED_PAPER place=1", NOTHING_SIGNED_IN),
    ("papers:files", "pk=FILED_PAPER", NOTHING_SIGNED_IN),
    ("papers:detach", "pk=FILED_PAPER file=1", NOTHING_SIGNED_IN),
    ("papers:step", "pk=FILED_PAPER verb=publish", BAD_STEP),
]
