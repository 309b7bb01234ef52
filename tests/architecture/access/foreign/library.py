"""Foreign documents: the library is the whole district's, so staff of a town keep none of it."""

from tests.architecture.access.foreign.row import Foreign

FOREIGN = [
    Foreign("library:new", "", {"text": "第一条 甲。", "title": "新", "kind": "law", "visibility": "public"}),
    Foreign("library:new_version", "code=open-law", {"text": "第一条 乙。"}),
    Foreign("library:relate", "code=open-law", {"kind": "repeals", "given-target": "inner-law", "on": "2026-01-01"}),
    Foreign("library:look_again", "code=open-law"),
    Foreign("library:decide_place", "code=open-law", {"mention": "MENTION", "state": "confirmed"}),
]
NO_OBJECT = {"library:studied": "one's own mark; `tests/integration/library/test_study.py` tries what she may not read"}
