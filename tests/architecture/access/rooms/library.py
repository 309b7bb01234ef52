"""Who gets what at the addresses of `library/`."""

from tests.architecture.access.answers import EVERYBODY, INTERNAL, NOBODY_BY_GET, NOTHING, NOTHING_SIGNED_IN, STAFF_ONLY

READS = [
    ("library:list", "", EVERYBODY),
    ("library:document", "code=open-law", EVERYBODY),
    ("library:document", "code=inner-law", INTERNAL),
    ("library:document", "code=no-such", NOTHING),
    ("library:article", "code=open-law version=VERSION anchor=a1", EVERYBODY),
    ("library:article", "code=inner-law version=INNER_VERSION anchor=a1", INTERNAL),
    # A version is reached by its own document only.
    ("library:article", "code=open-law version=INNER_VERSION anchor=a1", NOTHING),
    ("library:original", "code=open-law version=VERSION", EVERYBODY),
    ("library:original", "code=inner-law version=INNER_VERSION", NOTHING),
    ("document-place-list", "", EVERYBODY),
    ("document-place-detail", "pk=999999", NOTHING),
    ("library:terms", "", EVERYBODY),
    ("library:term", "term=suggestion", EVERYBODY),
    ("library:term", "term=no-such", NOTHING),
    ("library:new", "", STAFF_ONLY),
    ("library:new_version", "code=open-law", STAFF_ONLY),
    ("library:relate", "code=open-law", STAFF_ONLY),
    ("library:places", "code=open-law", STAFF_ONLY),
    ("library:look_again", "code=open-law", NOBODY_BY_GET),
    ("library:decide_place", "code=open-law", NOBODY_BY_GET),
    ("library:studied", "code=open-law", NOBODY_BY_GET),
]
WRITES = [
    ("library:new", "", "302 404 404 404 404 400 400"),
    ("library:new_version", "code=open-law", "302 404 404 404 404 400 400"),
    ("library:relate", "code=open-law", "302 404 404 404 404 400 400"),
    ("library:look_again", "code=open-law", "302 404 404 404 404 302 302"),
    ("library:decide_place", "code=open-law", "302 404 404 404 404 400 400"),
    # A law is no study material; `tests/integration/library/test_study.py` has what is.
    ("library:studied", "code=open-law", NOTHING_SIGNED_IN),
]
