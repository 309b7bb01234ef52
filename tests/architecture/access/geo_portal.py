"""Who gets what at the addresses of `geo_portal/`."""

from tests.architecture.access.answers import ADMIN_ONLY, EVERYBODY, SIGNED_IN, STAFF_ONLY

READS = [
    ("home", "", EVERYBODY),
    ("map", "", EVERYBODY),
    ("search", "", EVERYBODY),
    ("work", "", SIGNED_IN),
    ("chain_state", "", STAFF_ONLY),
    ("service_worker", "", EVERYBODY),
    ("sprite", "ratio=@2x kind=png", EVERYBODY),
    ("style", "name=haishu", EVERYBODY),
    ("schema", "", EVERYBODY),
    ("api_docs", "", EVERYBODY),
    ("healthz", "", EVERYBODY),
    ("readyz", "", EVERYBODY),
    ("metrics", "", EVERYBODY),
    ("anchors", "", "403 403 403 403 403 403 403"),
    ("api-root", "", EVERYBODY),
    ("area-list", "", EVERYBODY),
    ("area-detail", "pk=WEST", EVERYBODY),
    ("department-list", "", EVERYBODY),
    ("department-detail", "pk=WATER", EVERYBODY),
    ("admin:index", "", ADMIN_ONLY),
]

WRITES = [("anchors", "", "403 403 403 403 403 403 403")]
"""Only an instance with a token deposits anchors."""
