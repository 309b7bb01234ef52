"""Forms as every room shows them: one renderer, errors from refusals, the fields that rooms share."""
