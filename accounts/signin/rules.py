"""Rules of the district about signing in."""

from accounts.factors import policy
from accounts.sessions import limits

RULES = (*policy.RULES, *limits.RULES)
