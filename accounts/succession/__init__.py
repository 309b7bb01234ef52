"""What a person who leaves has in hand, and handing it to somebody else, or from one account of hers to another."""

from accounts.succession.definition import Belonging

__all__ = ["Belonging"]
