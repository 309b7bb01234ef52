"""The chain of evidence: every version of what judgments rest on carries the digest of the link before it.

`sql` has the functions that the database runs, `operations` what a migration writes (`chained`), `declared` what each
room says of its tables, and `checking` puts the checks together. docs/chain-of-evidence.md tells the whole.
"""

from ledger.chain.checking import Verdict, settle, verify
from ledger.chain.guards import chained_tables
from ledger.chain.operations import chained

__all__ = ["Verdict", "chained", "chained_tables", "settle", "verify"]
