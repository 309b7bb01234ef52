"""The operator's page: how the machinery of the site is doing, in words that say what to do."""
