"""Copies of everything that cannot be made anew: how they are made, kept, proven and brought back.

`store` is the folder that holds them, `making` fills it, `restoring` reads it, `proving` restores into a scratch
database, `runs` remembers what came of each, and `jobs` does all that by the clock.
"""
