"""Repeatable chance: one stream of random numbers per topic, so that a new topic shifts no other."""

import random

SEED = 330203


def stream(topic: str) -> random.Random:
    """
    >>> stream("villages").random() == stream("villages").random()
    True
    >>> stream("villages").random() == stream("deputies").random()
    False
    """
    return random.Random(f"{SEED}:{topic}")  # noqa: S311 - it must be repeatable, not secret
