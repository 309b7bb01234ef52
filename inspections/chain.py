"""What of this room is in the chain of evidence."""

from ledger.chain.declared import Chained, Explains, Stored

EVENT = "supervision_patrols_patrolevent"

CHAINED = (
    Chained(EVENT, history=True, sealed=("text",)),
    Chained("supervision_patrols_patrolfinding", sealed=("text",), explained_by=(Explains(EVENT, "found_id"),)),
    Chained("supervision_patrols_patrolphoto", files=(Stored("file", "sha256"),)),
)
