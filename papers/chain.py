"""What of this room is in the chain of evidence, and what its events must lead to."""

from ledger.chain.declared import Chained, Explains, Stored
from ledger.chain.replays import Replay
from papers.handling.models import Handling, HandlingEvent
from papers.handling.table import HANDLINGS
from papers.register.models import Paper, PaperEvent
from papers.register.table import PAPERS

EVENT, STEP = "papers_paperevent", "papers_handlingevent"
OF_A_PAPER = (Explains(EVENT, "paper_id", "paper_id"),)
TEXTS = ("title", "facts", "analysis", "request")

CHAINED = (
    Chained("papers_congresssession"),
    Chained(
        "papers_paper",
        omitted=("version", "search_key"),
        sealed=TEXTS,
        explained_by=(Explains(EVENT, "paper_id"),),
        audited_as=(("papers.paper", "id"),),
    ),
    Chained("papers_signatory", explained_by=OF_A_PAPER),
    Chained("papers_paperversion", history=True, sealed=TEXTS),
    Chained("papers_paperplace", deletable=True, explained_by=OF_A_PAPER),
    Chained("papers_paperevidence", history=True),
    Chained("papers_paperfile", deletable=True, files=(Stored("file", "sha256"),), explained_by=OF_A_PAPER),
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("papers_handling", omitted=("version",), explained_by=(Explains(STEP, "handling_id"),)),
    Chained(STEP, history=True, sealed=("text",)),
    Chained("papers_signedanswer", history=True, files=(Stored("file", "sha256"),)),
    Chained("papers_sealedscan", history=True, files=(Stored("file", "sha256"),)),
    Chained("papers_answertemplate", history=True, files=(Stored("file", "sha256"),)),
)

papers_follow_their_events = Replay(PAPERS, Paper, PaperEvent, "paper")
handlings_follow_their_events = Replay(HANDLINGS, Handling, HandlingEvent, "handling")
