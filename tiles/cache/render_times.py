"""How long tiles of each kind took to make of late, so that cheap ones are spared what pays only for dear ones."""

import math
from collections.abc import Hashable

MOST_KINDS = 4_096
FORGETS = 0.95
"""What is left of a slow tile's weight with each later one of its kind: after 45 a tenth."""


class Pace:
    """The slowest of late of each kind, fading. Threads may lose a tile to each other; nothing depends on one."""

    def __init__(self) -> None:
        self._seconds: dict[Hashable, float] = {}

    def clear(self) -> None:
        """Forget all kinds."""
        self._seconds.clear()

    def slowest(self, kind: Hashable) -> float:
        """Return seconds; infinite for a kind that is not known yet."""
        return self._seconds.get(kind, math.inf)

    def took(self, kind: Hashable, seconds: float) -> None:
        """Take in one more tile."""
        if len(self._seconds) >= MOST_KINDS:
            self.clear()
        self._seconds[kind] = max(seconds, self._seconds.get(kind, 0.0) * FORGETS)
