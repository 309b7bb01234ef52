"""Who gets what at the addresses of `geo_portal/`."""

from tests.architecture.access.answers import (
    ADMIN_ONLY,
    EVERYBODY,
    NOBODY_BY_GET,
    NOTHING_SIGNED_IN,
    SIGNED_IN,
    STAFF_ONLY,
)

READS = [
    ("home", "", EVERYBODY),
    ("map", "", EVERYBODY),
    ("search", "", EVERYBODY),
    ("work", "", SIGNED_IN),
    ("chain_state", "", STAFF_ONLY),
    ("operation", "", "302 404 404 404 404 404 200"),
    ("retry_job", "pk=0", NOBODY_BY_GET),
    ("offline", "", EVERYBODY),
    ("manifest", "", EVERYBODY),
    ("leaving:index", "", "302 404 404 404 404 404 200"),
    ("leaving:start", "", NOBODY_BY_GET),
    ("leaving:download", "", NOTHING_SIGNED_IN),
    ("service_worker", "", EVERYBODY),
    ("sprite", "ratio=@2x kind=png", EVERYBODY),
    ("style", "name=district", EVERYBODY),
    ("schema", "", EVERYBODY),
    ("api_docs", "", EVERYBODY),
    ("healthz", "", EVERYBODY),
    ("readyz", "", EVERYBODY),
    ("metrics", "", EVERYBODY),
    ("setup:index", "", STAFF_ONLY),
    ("setup:record", "", STAFF_ONLY),
    ("setup:dataset", "slug=points", STAFF_ONLY),
    ("setup:dataset", "slug=nothing", NOTHING_SIGNED_IN),
    ("setup:template", "slug=points", STAFF_ONLY),
    ("setup:rows", "slug=points extension=csv", STAFF_ONLY),
    ("setup:rows", "slug=points extension=docx", NOTHING_SIGNED_IN),
    ("setup:record_file", "extension=docx", NOTHING_SIGNED_IN),
    ("setup:load", "slug=points", NOBODY_BY_GET),
    ("setup:undo", "pk=0", NOBODY_BY_GET),
    ("anchors", "", "403 403 403 403 403 403 403"),
    ("api-root", "", EVERYBODY),
    ("area-list", "", EVERYBODY),
    ("area-detail", "pk=WEST", EVERYBODY),
    ("department-list", "", EVERYBODY),
    ("department-detail", "pk=WATER", EVERYBODY),
    ("admin:index", "", ADMIN_ONLY),
]

WRITES = [
    ("anchors", "", "403 403 403 403 403 403 403"),
    ("leaving:start", "", "302 404 404 404 404 404 302"),
    ("retry_job", "pk=0", NOTHING_SIGNED_IN),
]
"""Only an instance with a token deposits anchors."""
