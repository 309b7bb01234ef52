"""What of this room is in the chain of evidence. How to reach a voter is not: it is encrypted and may be taken away."""

from ledger.chain.declared import Chained, Explains, Stored
from ledger.chain.replays import Replay
from voters.line.models import Message, MessageEvent
from voters.line.table import TABLE

EVENT = "voters_messageevent"

CHAINED = (
    Chained(
        "voters_message",
        omitted=("version", "contact"),
        sealed=("text", "address", "answer"),
        explained_by=(Explains(EVENT, "message_id"),),
    ),
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("voters_messagephoto", history=True, files=(Stored("file", "sha256"),)),
    Chained(
        "voters_messagevideo", omitted=("original",), files=(Stored("file", "sha256"), Stored("poster")),
        silent="a worker writes what it has made of it",
    ),
)  # fmt: skip

messages_follow_their_events = Replay(TABLE, Message, MessageEvent, "message", order=("pk",))
