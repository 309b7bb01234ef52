"""What of this room is in the chain of evidence: our answers. Records of others are proved by their signatures."""

from ledger.chain.declared import Chained

CHAINED = (Chained("exchange_reply", history=True, sealed=("text",)),)
