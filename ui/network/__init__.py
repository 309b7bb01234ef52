"""Who asks, as the network knows it: one reading of the address, for every limit and every log."""
