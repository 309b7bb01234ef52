"""Requests that nobody should send, drawn from a seed, for `test_malformed_requests.py`."""
