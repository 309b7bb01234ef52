"""Recent rendering times per kind of tile (origin and zoom), so that fast tiles skip what pays only for slow ones."""

import math
from collections.abc import Hashable

MAX_KINDS = 4_096
DECAY = 0.95
"""Factor by which a slow tile's time decays with each later one of its kind: a tenth after 45."""


class RenderTimes:
    """The slowest recent time of each kind, decaying. Concurrent threads may lose a value; nothing depends on one."""

    def __init__(self) -> None:
        self._seconds: dict[Hashable, float] = {}

    def clear(self) -> None:
        """Forget all kinds."""
        self._seconds.clear()

    def slowest(self, kind: Hashable) -> float:
        """Return seconds; infinity for an unknown kind."""
        return self._seconds.get(kind, math.inf)

    def record(self, kind: Hashable, seconds: float) -> None:
        """Record the time of one more tile, seconds."""
        if len(self._seconds) >= MAX_KINDS:
            self.clear()
        self._seconds[kind] = max(seconds, self._seconds.get(kind, 0.0) * DECAY)
