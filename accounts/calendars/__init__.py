"""A person's calendar: her appointments of all rooms as a feed at a secret address, and her own busy times read in."""
