"""`make verify-class`: published readings graded a second time, by code that shares nothing with the product."""
