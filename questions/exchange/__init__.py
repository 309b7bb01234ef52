"""Forms that were drawn up elsewhere (XLSForm), read in."""
