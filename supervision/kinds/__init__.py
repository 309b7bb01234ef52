"""Everyday kinds of problem: what people call them, what to ask, how fast they are answered, in every town alike."""
