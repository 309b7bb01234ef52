"""The ledger's own tables in the chain."""

from ledger.chain.declared import Chained

CHAINED = (
    Chained("accounts_auditentry", history=True),
    Chained("ledger_erasure", history=True),
    Chained("ledger_filedigest", history=True),
    Chained("ledger_anchor", history=True),
    Chained("ledger_foreignanchor", history=True),
    Chained("ledger_peer"),
)
