"""What a connection may take, what can become of a message, and what is logged of a connection that was ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "stored", "duplicate", "ignored", "refused", "unavailable",
    "unknown-station", "wrong-network", "wrong-password", "locked",
]  # fmt: skip
ACKNOWLEDGED: frozenset[Outcome] = frozenset({"stored", "duplicate", "ignored"})
STRANGE: frozenset[Outcome] = frozenset({"unknown-station", "wrong-network", "wrong-password", "locked"})
"""Outcomes that are answered with silence and a closed connection."""
SHUT_OUT = "address-shut-out"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection and the whole listener may take; times in seconds."""

    idle: float = 900.0
    """A station reports at least every few minutes; one that is silent for longer has gone."""
    faults: int = 10
    """Faults in a row, without one good message between them, after which a station is cut off."""
    connections: int = 2_000
    per_address: int = 1_200
    """Stations share the addresses of their mobile network, so this cannot be small."""
    batch: int = 500
    gather: float = 0.1
    """How long a message may wait for others to share its transaction."""
    queued: int = 5_000
    quiet: float = 60.0
    """A fault of the same kind from the same address is noted once in this time, with how often it came."""
    introduction: float = 60.0
    """Within this time a connection must have said something that a known station can say."""
    strangers: int = 20
    """Strange packets of one address within `shut_out`, after which it is not let in for the rest of that time.
    An address from which a known station has spoken is always let in: others may share it."""
    shut_out: float = 900.0
    remembered: int = 10_000
    """Addresses that are counted at once."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Connections that were ended by us, for the log: who, why, the last thing that was sent, and how many."""

    peer: str
    mn: str
    code: str
    excerpt: str
    count: int = 1


Log = Callable[[Cut], None]
