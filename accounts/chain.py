"""What of this room is in the chain of evidence: days that move deadlines, rules, credentials, members."""

from ledger.chain.declared import Chained

TERM = "a new term ends those of the old one with one audit entry for all"

CHAINED = (
    Chained("accounts_credentialchange", history=True, sealed=("was",)),
    Chained("accounts_handover", deletable=True, silent="who asks anew takes the place of who asked before"),
    Chained("accounts_calendarday", deletable=True),
    Chained("accounts_congress", deletable=True, silent=TERM),
    Chained("accounts_person", sealed=("name",), deletable=True),
    Chained("accounts_deputygroup", deletable=True),
    Chained("accounts_membership", deletable=True, silent=TERM),
    Chained("accounts_rulechange", history=True),
    Chained("accounts_rulewithdrawal", history=True, own_triggers=("accounts_rulewithdrawal_in_time",)),
)
