"""Texts that a department keeps for its replies, with the facts of the matter filled in."""
