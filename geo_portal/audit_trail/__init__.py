"""The audit trail for people: who changed what, when, from what to what, in words."""
