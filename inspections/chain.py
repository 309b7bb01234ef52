"""What of this room is in the chain of evidence."""

from ledger.chain.declared import Chained, Stored

CHAINED = (
    Chained("supervision_patrols_patrolevent", history=True, sealed=("text",)),
    Chained("supervision_patrols_patrolfinding", sealed=("text",)),
    Chained("supervision_patrols_patrolphoto", files=(Stored("file", "sha256"),)),
)
