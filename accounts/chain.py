"""What of this room is in the chain of evidence: days that move deadlines, rules, credentials, members."""

from ledger.chain.declared import Chained

CHAINED = (
    Chained("accounts_credentialchange", history=True, sealed=("was",)),
    Chained("accounts_handover", deletable=True),
    Chained("accounts_calendarday", deletable=True),
    Chained("accounts_congress", deletable=True),
    Chained("accounts_person", sealed=("name",), deletable=True),
    Chained("accounts_deputygroup", deletable=True),
    Chained("accounts_membership", deletable=True),
    Chained("accounts_rulechange", history=True),
    Chained("accounts_rulewithdrawal", history=True, own_triggers=("accounts_rulewithdrawal_in_time",)),
)
