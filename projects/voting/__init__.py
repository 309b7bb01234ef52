"""The deputies' vote on candidates: the urn, the count, the result."""
