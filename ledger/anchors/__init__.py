"""Each day's head of the chain, signed and sent outside, so that a chain that is rewritten whole is found."""
