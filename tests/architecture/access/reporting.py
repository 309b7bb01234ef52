"""Who gets what at the addresses of `reporting/`."""

from tests.architecture.access.answers import EVERYBODY, NOTHING_SIGNED_IN

READS = [
    ("numbers", "", EVERYBODY),
    ("numbers_export", "extension=csv", "404 200 200 200 404 200 200"),
    ("reports:list", "", "302 200 200 200 404 200 200"),
    ("reports:download", "pk=999999 suffix=pdf", NOTHING_SIGNED_IN),
]
