"""Values of indicators by area and period. What was said is never lost: a correction keeps what stood there before."""
