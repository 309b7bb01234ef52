"""Time-stamps of authorities that sign with SM2 and SM3: the request, the token's structure, and its check."""

from ledger.anchors.sm2.check import Read, check, read, request

__all__ = ["Read", "check", "read", "request"]
