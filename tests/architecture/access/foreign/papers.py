"""Foreign papers: a deputy's draft, and a suggestion that the water department handles."""

from tests.architecture.access.foreign.row import Foreign

VERSION = {"version": "1"}
WORDS = VERSION | {"title": "关于路灯的建议", "facts": "南门街夜间昏暗。", "kind": "suggestion", "category": "general"}
DRAFTED = VERSION | {"text": "已办", "result": "A"}
DAYS = {"opens_on": "2026-01-05", "closes_on": "2026-01-09"}
DUE = {"motions_due_at": "2026-01-06T12:00", "suggestions_due_at": "2026-01-08T12:00"}
SESSION = DAYS | DUE | {"congress": "CONGRESS", "number": "9"}

FOREIGN = [
    Foreign("papers:edit", "pk=DRAFT", WORDS, rightful="author"),
    Foreign("papers:signers", "pk=DRAFT", VERSION | {"members": ["MEMBER"]}, rightful="author"),
    Foreign("papers:uninvite", "pk=DRAFT member=ASKED", VERSION, rightful="author"),
    Foreign("papers:places", "pk=DRAFT", {"way": "areas", "areas": ["WEST"]}, rightful="author"),
    Foreign("papers:place_remove", "pk=DRAFT place=PAPER_PLACE", {}, rightful="author"),
    Foreign("papers:detach", "pk=DRAFT file=PAPER_FILE", {}, rightful="author"),
    Foreign("papers:step", "pk=DRAFT verb=discard", VERSION, rightful="author"),
    Foreign("papers:step", "pk=FILED_PAPER verb=mark_key", VERSION | {"leader": "王主任"}),
    Foreign("papers:handling_step", "pk=HANDLING verb=draft", DRAFTED, rightful="officer"),
    Foreign("papers:handling_step", "pk=HANDLING verb=urge", VERSION),
    # Every deputy sees the matter; raised it is by who sits in a congress.
    Foreign("papers:raise", "number=2026-00002", {}, rightful="author"),
    # The congress of the district is no choice for staff of a town, and nothing at all for others.
    Foreign("papers:sessions", "", SESSION, "400 400 404 404 404"),
    Foreign("papers:session", "pk=SESSION_OF_PAPERS", SESSION, "404 404 404 404 404"),
]
NO_OBJECT = {
    "papers:topic_begin": "one's own view of the data; `tests/integration/papers/test_raising.py` asks for another's",
    "papers:new": "one's own seat",
    "papers:import": "a file is needed; `tests/integration/papers` sends one as a stranger",
    "papers:templates": "one's own organ's",
    "papers:files": "a file is needed; the same guard as `papers:detach`",
}
