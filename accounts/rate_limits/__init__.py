"""How often somebody without an account may do something: one counter per thing, network address and span of time."""

from accounts.rate_limits.services import Limit, digest_of, forget_ended, spend
from ui.network.addresses import address_of, network_of

__all__ = ["Limit", "address_of", "digest_of", "forget_ended", "network_of", "spend"]
