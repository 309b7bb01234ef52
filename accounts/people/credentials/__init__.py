"""Changes of what somebody signs in with: written down by the database, told to their owner, checked by a second."""
