"""Who has confirmed that she read a notice."""
