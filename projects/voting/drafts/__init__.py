"""A vote before it is called: written by one, reviewed by a second, changed or dropped."""
