"""Pages: for voters without an account, for deputies and stations, for paper."""
