"""What of this room is in the chain of evidence. How to reach a voter is not: it is encrypted and may be taken away."""

from ledger.chain.declared import Chained, Explains, Stored

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
    Chained("voters_messagevideo", omitted=("original",), files=(Stored("file", "sha256"), Stored("poster"))),
)
