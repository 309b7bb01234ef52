"""What of this room is in the chain of evidence: partners and their keys, packages with what they signed, our answers.

Records of others are proved by the signatures of their packages. Tokens are in no link.
"""

from ledger.chain.declared import Chained

CHAINED = (
    Chained("exchange_reply", history=True, sealed=("text",)),
    Chained("exchange_taking", omitted=("xact",)),
    Chained(
        "exchange_partner",
        omitted=("secret", "token_digest", "sent_digest", "sent_at", "attempts", "said", "next_at", "version"),
    ),
)
