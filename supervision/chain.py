"""What of this room is in the chain of evidence, and what its events must lead to."""

from ledger.chain.declared import Chained, Explains, Stored
from ledger.chain.replays import Replay
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.table import TABLE

EVENT = "supervision_suggestionevent"
MATTER = "supervision.suggestion"

CHAINED = (
    Chained("supervision_finding", history=True, sealed=("text", "address")),
    Chained("supervision_kindversion", history=True),
    Chained("supervision_findingphoto", history=True, files=(Stored("file", "sha256"),)),
    Chained(
        "supervision_findingvideo",
        omitted=("original",),
        files=(Stored("file", "sha256"), Stored("poster")),
        silent="a worker writes what it has made of it",
    ),
    Chained(
        "supervision_publishedphoto",
        deletable=True,
        files=(Stored("file"),),
        audited_as=(("supervision.findingphoto", "photo_id"),),
    ),
    Chained(
        "supervision_suggestion",
        omitted=("version",),
        sealed=("title", "text", "public_text"),
        explained_by=(Explains(EVENT, "suggestion_id"),),
    ),
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("supervision_eventfile", history=True, sealed=("name",), files=(Stored("file", "sha256"),)),
    Chained(
        "supervision_cohandling",
        sealed=("opinion",),
        explained_by=(Explains(EVENT, "suggestion_id", "suggestion_id"),),
        audited_as=((MATTER, "suggestion_id"),),
    ),
    Chained("supervision_clockrule", deletable=True, omitted=("version",), silent="rules of the district replaced it"),
)

matters_follow_their_events = Replay(TABLE, Suggestion, SuggestionEvent, "suggestion")
