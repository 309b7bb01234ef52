"""What of this room is in the chain of evidence: days that move deadlines, rules of the district, credentials."""

from ledger.chain.declared import Chained

CHAINED = (
    Chained("accounts_credentialchange", history=True, sealed=("was",)),
    Chained("accounts_handover", deletable=True),
    Chained("accounts_calendarday"),
    Chained("accounts_rulechange", history=True),
    Chained("accounts_rulewithdrawal", history=True, own_triggers=("accounts_rulewithdrawal_in_time",)),
)
