"""What people answer: checked against the form's version, taken once, kept with its places and photos."""
