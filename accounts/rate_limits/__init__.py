"""How often somebody without an account may do something: one counter per thing, network address and span of time."""

from accounts.rate_limits.addresses import network_of
from accounts.rate_limits.services import Limit, address_of, digest_of, forget_ended, spend

__all__ = ["Limit", "address_of", "digest_of", "forget_ended", "network_of", "spend"]
