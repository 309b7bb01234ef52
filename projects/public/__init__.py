"""What the public does with projects without an account: follows them, reads their news, says what it thinks."""
