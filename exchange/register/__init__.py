"""Other instances, what was taken from them, what they own here, and our answers to their papers."""
